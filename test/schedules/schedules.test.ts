import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Stage } from "../../src/configuration/stages.ts";
import type { NextWork } from "../../src/schedules/work.ts";
import { outlineOf } from "../../src/schedules/outlineOf.ts";
import { schedules } from "../../src/schedules/scheduleRegistry.ts";
import type { Schedule, TrainedStage } from "../../src/schedules/schedule.ts";

const stages: readonly Stage[] = [
  { name: "read", iterations: 3, rewards: { answer: 1, reasoning: 0.8 }, gate: {} },
  { name: "skipped", iterations: 0, rewards: { clinical: 1 }, gate: {} },
  { name: "search", iterations: 5, rewards: { retrievalRecall: 1 }, gate: null },
  { name: "both", iterations: 4, rewards: { answer: 1, retrieval: 1 }, gate: {} },
];

function schedule(name: string, settings: Record<string, unknown> = {}): Schedule {
  return schedules.create(schedules.Chosen.parse({ name, settings }));
}

/** Lets a schedule decide to its end; each gate extends its stage as often as told. */
function decisions(one: Schedule, configured: readonly Stage[], extensions: readonly number[] = []): NextWork[] {
  const decided: NextWork[] = [];
  const trained: TrainedStage[] = [];
  const left = [...extensions];
  for (;;) {
    const next = one.next({ stages: configured, trained: [...trained] });
    decided.push(next);
    expect(decided.length).toBeLessThan(10_000);
    const last = trained.at(-1);
    const gateOf = (gate: unknown, index: number): TrainedStage["gate"] => {
      if (gate === null) return null;
      const more = (left[index] ?? 0) > 0;
      if (more) left[index] = (left[index] ?? 0) - 1;
      return { decision: more ? "extend" : "promote", gain: 0, low: 0, high: 0 };
    };
    switch (next.work.kind) {
      case "train": {
        const { name, iterations, gate } = next.work.stage;
        trained.push({
          name,
          iterations,
          gate: gateOf(gate, trained.length),
          extensionIterations: 2,
          learntTokens: 0,
          accuracies: null,
        });
        break;
      }
      case "extend":
        if (last === undefined) throw new Error("there is nothing to extend");
        trained.splice(-1, 1, {
          ...last,
          iterations: last.iterations + next.work.iterations,
          gate: gateOf(last.gate, trained.length - 1),
        });
        break;
      case "evaluate":
        if (last === undefined) throw new Error("the base is evaluated already");
        trained.splice(-1, 1, { ...last, accuracies: { pool: 0.5 } });
        break;
      case "finish":
        return decided;
    }
  }
}

const trainedBy = (decided: readonly NextWork[]): Stage[] =>
  decided.flatMap(({ work }) => (work.kind === "train" ? [work.stage] : []));

describe("staged", () => {
  it("trains the stages with iterations in their order, evaluates after each, then ends", () => {
    const decided = decisions(schedule("staged"), stages);
    expect(decided.map(({ work }) => work.kind)).toEqual(
      "train evaluate train evaluate train evaluate finish".split(" "),
    );
    expect(trainedBy(decided)).toEqual([stages[0], stages[2], stages[3]]);
  });

  it("extends a stage by as much as its gate adds, before it is evaluated", () => {
    const decided = decisions(schedule("staged"), stages, [2]);
    expect(decided.slice(0, 4).map(({ work }) => work)).toMatchObject([
      { kind: "train", stage: { name: "read" } },
      { kind: "extend", iterations: 2 },
      { kind: "extend", iterations: 2 },
      { kind: "evaluate" },
    ]);
  });

  it("ends at once where no stage has iterations", () => {
    expect(decisions(schedule("staged"), [{ ...stages[0], iterations: 0 } as Stage])).toMatchObject([
      { work: { kind: "finish" } },
    ]);
  });
});

describe("joint", () => {
  it("keeps the stages' names, iterations and gates, all with the rewards of the last", () => {
    const trained = trainedBy(decisions(schedule("joint"), stages));
    expect(trained.map(({ name, iterations, gate }) => ({ name, iterations, gate }))).toEqual(
      trainedBy(decisions(schedule("staged"), stages)).map(({ name, iterations, gate }) => ({
        name,
        iterations,
        gate,
      })),
    );
    for (const { rewards } of trained) expect(rewards).toEqual(stages.at(-1)?.rewards);
  });
});

describe("sft", () => {
  it("is one stage on demonstrations, as long as the others together, without a gate", () => {
    const decided = decisions(schedule("sft"), stages);
    expect(decided.map(({ work }) => work.kind)).toEqual(["train", "evaluate", "finish"]);
    expect(trainedBy(decided)).toMatchObject([{ iterations: 12, learns: "demonstrations", gate: null }]);
  });

  it("trains on until as many tokens are learnt as it is told", () => {
    const sft = schedule("sft", { gradientTokens: 1000 });
    const after = (iterations: number, learntTokens: number) => {
      const stage = { name: "sft", iterations, gate: null, extensionIterations: 1, learntTokens, accuracies: null };
      return sft.next({ stages, trained: [stage] }).work;
    };
    expect(sft.next({ stages, trained: [] }).work).toMatchObject({ kind: "train", stage: { iterations: 5 } });
    expect(after(5, 200)).toEqual({ kind: "extend", iterations: 20 });
    expect(after(25, 990)).toEqual({ kind: "extend", iterations: 1 });
    expect(after(26, 1001)).toEqual({ kind: "evaluate" });
    // Nothing was learnt: more of it would never end.
    expect(after(5, 0)).toEqual({ kind: "evaluate" });
  });
});

describe("retrieval-first", () => {
  it("trains retrieval recall without a gate, then the answer, over as many iterations as all stages have", () => {
    expect(trainedBy(decisions(schedule("retrieval-first", { retrievalShare: 0.25 }), stages))).toEqual([
      { name: "retrieval", iterations: 3, rewards: { retrievalRecall: 1 }, gate: null },
      { name: "answer", iterations: 9, rewards: { answer: 1 }, gate: {} },
    ]);
  });

  it("refuses a share that leaves nothing for one of the two, by its field", () => {
    const { error } = schedules.Chosen.safeParse({ name: "retrieval-first", settings: { retrievalShare: 1 } });
    expect(error?.issues).toMatchObject([{ path: ["settings", "retrievalShare"] }]);
  });
});

describe.each(schedules.names())("every schedule: %s", (name) => {
  const configured = fc.uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/u),
      iterations: fc.integer({ min: 0, max: 50 }),
      rewards: fc.constant({ answer: 1 }),
      gate: fc.constantFrom({}, null),
    }),
    { minLength: 1, maxLength: 6, selector: (stage) => stage.name },
  );

  it("ends, trains each name once, and decides the same about the same history", () => {
    fc.assert(
      fc.property(configured, fc.array(fc.integer({ min: 0, max: 3 })), (list, extensions) => {
        const decided = decisions(schedule(name), list, extensions);
        expect(decisions(schedule(name), list, extensions)).toEqual(decided);
        const names = trainedBy(decided).map((stage) => stage.name);
        expect(new Set(names).size).toBe(names.length);
        expect(
          schedule(name)
            .outline(list)
            .map((stage) => stage.name),
        ).toEqual(names);
      }),
      { numRuns: 50 },
    );
  });

  it("takes no setting of another", () => {
    const stray = name === "retrieval-first" ? "order" : "retrievalShare";
    const { error } = schedules.Chosen.safeParse({ name, settings: { [stray]: 0.5 } });
    expect(error?.issues).toMatchObject([
      { path: ["settings", stray], message: expect.stringContaining(`schedule ${name}`) },
    ]);
  });
});

describe("every schedule of the project", () => {
  it("says that it ends by itself: no bound on iterations holds its runs", () => {
    const all = schedules.names().map((name) => schedule(name));
    expect(all.map(({ endsByItself }) => endsByItself)).toEqual(all.map(() => true));
  });
});

describe("the outline of a run's stages", () => {
  const outlined = (outline: unknown) => () => {
    const made = { next: () => undefined, outline } as unknown as Schedule;
    const asking = vi.spyOn(schedules, "create").mockReturnValue(made);
    onTestFinished(() => asking.mockRestore());
    return outlineOf({ schedule: { name: "mine", settings: {} }, stages });
  };

  it("is the schedule's fault where it throws, or gives no stages", () => {
    expect(outlined((all: readonly Stage[]) => all[7]?.name)).toThrow(/^schedule "mine" gave an outline/u);
    expect(outlined(() => [{ ...stages[0], iterations: "3" }])).toThrow(
      /^schedule "mine" gave an outline that does not fit: outline\.0\.iterations: /u,
    );
    expect(outlined(() => JSON.parse("{"))).toThrow(/^schedule "mine" threw: /u);
  });
});
