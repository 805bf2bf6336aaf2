import { describe, expect, it } from "vitest";
import type { Stage } from "../../src/configuration/stages.ts";
import type { Metrics, Observed } from "../../src/schedules/observation.ts";
import type { TrainedStage } from "../../src/schedules/schedule.ts";
import { schedules } from "../../src/schedules/scheduleRegistry.ts";
import type { NextWork, Work } from "../../src/schedules/work.ts";

const all = { answer: 1, reasoning: 0.8, retrieval: 1, clinical: 0.2 };
const stages: readonly Stage[] = [
  { name: "reasoner", iterations: 15, rewards: { answer: 1, reasoning: 0.8 }, gate: {} },
  { name: "retriever", iterations: 55, rewards: { answer: 0.5, retrieval: 1 }, gate: {} },
  { name: "collaboration", iterations: 110, rewards: all, gate: {} },
];
const together = { ...all, evidenceGathered: 0.3 };
const beginning = { "search/count": 1.4, "search/filter_share": 0.34 };

/** What the schedule decides after these stages, with one look before and one after the last iterations. */
function decide(
  trained: readonly (readonly [name: string, iterations: number])[],
  before: { readonly training?: Metrics; readonly validation?: Metrics },
  now: { readonly training?: Metrics; readonly validation?: Metrics },
): Work {
  return decideWithReason(trained, before, now).work;
}

type Deciding = Parameters<typeof decide>;
function decideWithReason(trained: Deciding[0], before: Deciding[1], now: Deciding[2]): NextWork {
  const observed: Observed = {
    beginning,
    looks: [before, now].map(({ training = null, validation = {} }, index) => ({ step: index, training, validation })),
  };
  const done = trained.map(
    ([name, iterations]): TrainedStage => ({
      name,
      iterations,
      gate: null,
      extensionIterations: 0,
      learntTokens: 0,
      accuracies: null,
    }),
  );
  return schedules
    .create({ name: "adaptive", settings: { firstShare: 1 / 18, lookShare: 1 / 12 } })
    .next({ stages, trained: done, observed });
}

const healthy = { training: { "search/count": 2.9, "search/filter_share": 1 } };

const asleep = { training: { "search/count": 1.5, "search/filter_share": 0.4 } };

describe("the adaptive schedule", () => {
  it("begins with all rewards and one for evidence looked at, for the first share of all iterations", () => {
    expect(decide([], {}, {})).toMatchObject({
      kind: "train",
      stage: { name: "awaken", iterations: 10, rewards: { ...all, evidenceGathered: 1 } },
    });
  });

  it.each([
    ["answers search more and more", { "search/count": 2.5, "search/filter_share": 0.95 }],
    [
      "searches that ask for a band of evidence are not nearly all",
      { "search/count": 1.5, "search/filter_share": 0.8 },
    ],
  ])("goes on with it while %s, for half of all iterations at most", (_, training) => {
    expect(decide([["awaken", 10]], asleep, { training })).toEqual({ kind: "extend", iterations: 10 });
    expect(decide([["awaken", 90]], asleep, { training })).toMatchObject({
      kind: "train",
      stage: { name: "together" },
    });
  });

  it("leaves the reward for evidence looked at a small weight as soon as searching is awake", () => {
    const before = { training: { "search/count": 2.85, "search/filter_share": 0.7 } };
    expect(decide([["awaken", 30]], before, healthy)).toMatchObject({
      kind: "train",
      stage: { name: "together", iterations: 15, rewards: together },
    });
  });

  it("compares the first look with the run's first iterations", () => {
    expect(decide([["awaken", 10]], {}, healthy)).toEqual({ kind: "extend", iterations: 10 });
    expect(decide([["awaken", 10]], {}, { training: { "search/count": 1.4, "search/filter_share": 1 } })).toMatchObject(
      {
        kind: "train",
      },
    );
  });

  it("goes by the number of searches alone where the scale has no bands", () => {
    const settled = { training: { "search/count": 2 } };
    expect(decide([["awaken", 10]], settled, settled)).toMatchObject({ kind: "train" });
    expect(decide([["awaken", 10]], settled, { training: { "search/count": 2.3 } })).toMatchObject({ kind: "extend" });
  });

  it("goes on with it while nothing is searched for", () => {
    const silent = { training: { "search/count": 0 } };
    expect(decide([["awaken", 10]], silent, silent)).toMatchObject({ kind: "extend" });
  });

  it("has no such beginning where no reward of evidence has a weight", () => {
    const reasoner = [{ name: "only", iterations: 180, rewards: { answer: 1 }, gate: {} }];
    const { work } = schedules
      .create({ name: "adaptive", settings: {} })
      .next({ stages: reasoner, trained: [], observed: { beginning, looks: [] } });
    expect(work).toMatchObject({ kind: "train", stage: { name: "together", rewards: { answer: 1 } } });
  });

  it("goes on with all rewards while evidence is found and answers follow", () => {
    const validation = { accuracy: 0.9, "reward/retrievalRecall": 0.95 };
    expect(
      decide(
        [
          ["awaken", 6],
          ["together", 60],
        ],
        healthy,
        { ...healthy, validation },
      ),
    ).toEqual({
      kind: "extend",
      iterations: 15,
    });
  });

  const lost = {
    training: { "search/count": 2, "search/filter_share": 0.05 },
    validation: { accuracy: 0.3, "reward/retrievalRecall": 0.4 },
  };

  it("weighs evidence more where bands of evidence stay away, once the stage has had its time", () => {
    expect(
      decide(
        [
          ["awaken", 6],
          ["together", 30],
        ],
        lost,
        lost,
      ),
    ).toEqual({ kind: "extend", iterations: 15 });
    expect(
      decide(
        [
          ["awaken", 6],
          ["together", 45],
        ],
        lost,
        lost,
      ),
    ).toMatchObject({
      kind: "train",
      stage: { name: "evidence", rewards: { ...all, retrieval: 2, evidenceGathered: 0.6 } },
    });
    const rising = { ...lost, training: { "search/count": 2, "search/filter_share": 0.2 } };
    expect(
      decide(
        [
          ["awaken", 6],
          ["together", 45],
        ],
        lost,
        rising,
      ),
    ).toEqual({ kind: "extend", iterations: 15 });
  });

  it("weighs evidence more where one kind of search is lost, though all others ask for a band of evidence", () => {
    const missed = { ...healthy, validation: { accuracy: 0.55, "reward/retrievalRecall": 0.7 } };
    const trained = [
      ["awaken", 12],
      ["together", 45],
    ] as const;
    expect(decide(trained, missed, missed)).toMatchObject({ kind: "train", stage: { name: "evidence" } });
    const rising = { ...missed, validation: { accuracy: 0.6, "reward/retrievalRecall": 0.8 } };
    expect(decide(trained, missed, rising)).toEqual({ kind: "extend", iterations: 15 });
  });

  it("goes by bands of evidence alone where questions name no gold documents", () => {
    const blind = { training: { "search/count": 2, "search/filter_share": 0.05 }, validation: { accuracy: 0.3 } };
    const trained = [
      ["awaken", 6],
      ["together", 45],
    ] as const;
    expect(decide(trained, blind, blind)).toMatchObject({ kind: "train", stage: { name: "evidence" } });
    const asks = { ...healthy, validation: { accuracy: 0.3 } };
    expect(decide(trained, asks, asks)).toEqual({ kind: "extend", iterations: 15 });
  });

  it("comes back to all rewards together when the evidence is found, under another name", () => {
    const found = { ...healthy, validation: { accuracy: 0.95, "reward/retrievalRecall": 0.97 } };
    const trained = [
      ["awaken", 6],
      ["together", 45],
      ["evidence", 45],
    ] as const;
    expect(decide(trained, lost, found)).toMatchObject({
      kind: "train",
      stage: { name: "together-4", iterations: 15, rewards: together },
    });
  });

  it("rehearses the first skill where the answer does not follow from what is found", () => {
    const stuck = { ...healthy, validation: { accuracy: 0.72, "reward/retrievalRecall": 0.97 } };
    expect(
      decide(
        [
          ["awaken", 6],
          ["together", 60],
        ],
        stuck,
        stuck,
      ),
    ).toMatchObject({
      kind: "train",
      stage: { name: "conclusion", rewards: { ...together, answer: 2, reasoning: 1.6 } },
    });
  });

  it("halves a reward that stands against being right at two looks", () => {
    const against = { training: { ...healthy.training, "reward_correlation/clinical": -0.3 } };
    expect(
      decide(
        [
          ["awaken", 6],
          ["together", 15],
        ],
        healthy,
        against,
      ),
    ).toMatchObject({ kind: "extend" });
    expect(
      decide(
        [
          ["awaken", 6],
          ["together", 30],
        ],
        against,
        against,
      ),
    ).toMatchObject({
      kind: "train",
      stage: { name: "without", rewards: { ...together, clinical: 0.1 } },
    });
  });

  it("says of such a stage that goes on that its weights do, whichever reward stands against being right now", () => {
    const trained = [
      ["awaken", 6],
      ["without", 15],
    ] as const;
    const against = { training: { ...healthy.training, "reward_correlation/reasoning": -0.3 } };
    const { work, reason } = decideWithReason(trained, against, against);
    expect(work).toEqual({ kind: "extend", iterations: 15 });
    expect(reason).toMatch(/reasoning rose where answers were wrong.*this stage's weights go on/u);
  });

  it("spends as many iterations as the configured stages have, evaluates once and ends", () => {
    expect(
      decide(
        [
          ["awaken", 6],
          ["together", 170],
        ],
        healthy,
        healthy,
      ),
    ).toEqual({ kind: "extend", iterations: 4 });
    expect(
      decide(
        [
          ["awaken", 6],
          ["together", 174],
        ],
        healthy,
        healthy,
      ),
    ).toEqual({ kind: "evaluate" });
  });
});
