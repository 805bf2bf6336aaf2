import { z } from "zod";
import { describe, expect, it } from "vitest";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { customRewardFlags } from "../../src/report/customRewardHealth.ts";
import { neverScoredNotes } from "../../src/report/neverScored.ts";
import type { IterationMetrics, RunReport } from "../../src/report/runReport.ts";
import { customRewards } from "../../src/rewards/customRegistry.ts";

customRewards.add({
  name: "dated",
  describe: "for tests",
  settings: z.strictObject({}),
  create: () => ({ range: [0, 2], weight: 1, nullMeans: "the question has no date", score: () => 1 }),
});

const iterationsOf = (...metrics: Record<string, number>[]): IterationMetrics[] =>
  metrics.map((each, iteration) => ({ stage: 1, stageName: "all", iteration, metrics: each }));

describe("the health of a custom reward", () => {
  const flagsOf = (metrics: Record<string, number>[], weight = 1): string[] =>
    customRewardFlags({
      configuration: resolveConfiguration({ rewards: { custom: [{ name: "dated", weight }] } }),
      iterations: iterationsOf(...metrics),
    } as Partial<RunReport> as RunReport);

  it("says that it was null for every answer, and quotes what null means to it", () => {
    expect(flagsOf([{ "unscored/dated": 1 }, {}, { "unscored/dated": 1 }], 0)).toEqual([
      "The reward “dated” was null for every answer and had no effect. What null means, in its own words: the question has no date.",
    ]);
    expect(flagsOf([{ "unscored/dated": 0.5, "reward/dated": 1 }])).toEqual([]);
    expect(flagsOf([{ "format/share": 0 }])).toEqual([]);
  });

  it("says that more than a twentieth of the values were clamped, where it has a weight", () => {
    const some = { "reward/dated": 1, "clamped/dated": 0.3 };
    expect(flagsOf([some, { "reward/dated": 1 }])).toEqual([
      "15.0 % of the values of the reward “dated” lay outside its range (0 to 2) and were clamped to its ends.",
    ]);
    expect(flagsOf([some, { "reward/dated": 1 }], 0)).toEqual([]);
    expect(flagsOf([{ "reward/dated": 1, "clamped/dated": 0.05 }])).toEqual([]);
  });

  it("says that it never differed, where it has a weight", () => {
    const same = { "reward/dated": 1, "reward_deviation/dated": 0 };
    expect(flagsOf([same, same])).toEqual([
      "The reward “dated” never differed between the answers of an iteration: it taught nothing.",
    ]);
    expect(flagsOf([same, same], 0)).toEqual([]);
    expect(flagsOf([same, { ...same, "reward_deviation/dated": 0.1 }])).toEqual([]);
    expect(flagsOf([])).toEqual([]);
  });
});

describe("the notes on rewards that were never scored", () => {
  it("give the reward's own reason, not one for all", () => {
    const [usefulness, recall, ...others] = neverScoredNotes({
      iterations: iterationsOf(
        { "unscored/usefulness": 1, "unscored/retrievalRecall": 1, "unscored/clinical": 0.5 },
        {
          "reward/clinical": 0.5,
        },
      ),
    })
      .toSorted()
      .toReversed();
    expect(usefulness).toBe(
      "The reward “usefulness” was never scored: log-likelihoods were not measured, since no stage weighs retrieval, no tool shows passages or they are too long. It is left out of means and counts as nothing.",
    );
    expect(recall).toContain("“retrievalRecall” was never scored: the question names no gold titles.");
    expect(others).toEqual([]);
  });

  it("leave out rewards of extensions, of which the health section tells", () => {
    expect(neverScoredNotes({ iterations: iterationsOf({ "unscored/dated": 1 }) })).toEqual([]);
  });
});
