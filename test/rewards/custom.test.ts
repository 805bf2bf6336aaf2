import { z } from "zod";
import { describe, expect, it } from "vitest";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { stageWeights } from "../../src/configuration/stageWeights.ts";
import { customRewardsOf } from "../../src/rewards/custom.ts";
import { customRewards } from "../../src/rewards/customRegistry.ts";
import { scoreGroup, scoreTrajectory } from "../../src/rewards/score.ts";
import { reward as brevity } from "../../examples/brevity.ts";
import { subjectOf } from "./subjects.ts";

const custom = (named: unknown[]) =>
  customRewardsOf(resolveConfiguration({ rewards: { custom: named } }).rewards.custom);
const thinking = (words: number): string => `<think> ${"flu ".repeat(words)}</think> <answer> rest </answer>`;

customRewards.add(brevity);
customRewards.add({
  name: "wild",
  describe: "for tests: scores whatever the question is called",
  settings: z.strictObject({}),
  create: () => ({
    range: [0, 1],
    weight: 1,
    nullMeans: "no answer known",
    score: ({ question }: { question: { id: string } }) =>
      (({ high: 7, none: null, nan: NaN, word: "one", other: 0.5 }) as unknown as Record<string, never>)[question.id] ??
      null,
  }),
});

describe("a custom reward", () => {
  it("is a part that a run names, and counts in the total with its weight", () => {
    const subject = subjectOf({ text: thinking(10) });
    const { total, values } = scoreTrajectory(subject, stageWeights.reasoner, custom(["brevity"]));
    expect(values["brevity"]).toBeCloseTo(0.9);
    expect(total - scoreTrajectory(subject, stageWeights.reasoner).total).toBeCloseTo(0.1 * 0.9);
  });

  it("takes the settings and the weight that the run gives it", () => {
    const subject = subjectOf({ text: thinking(50) });
    const chosen = custom([{ name: "brevity", settings: { words: 200 }, weight: 2 }]);
    expect(
      scoreTrajectory(subject, stageWeights.reasoner, chosen).total -
        scoreTrajectory(subject, stageWeights.reasoner).total,
    ).toBeCloseTo(2 * 0.75);
  });

  it("is bounded by its range; where it says null among others that it scored, it failed", () => {
    const scores = scoreGroup(
      ["high", "none", "nan", "word", "other"].map((id) => subjectOf({ question: { id } })),
      stageWeights.reasoner,
      custom(["wild"]),
    );
    expect(scores.map(({ values }) => values["wild"])).toEqual([1, null, null, null, 0.5]);
    expect(scores.map(({ failed }) => failed)).toEqual([undefined, ["wild"], ["wild"], ["wild"], undefined]);
    const [alone] = scoreGroup([subjectOf({ question: { id: "none" } })], stageWeights.reasoner, custom(["wild"]));
    expect(alone).not.toHaveProperty("failed");
  });

  it.each([
    [["brevty"], /rewards\.custom\.0\.name: there is no reward "brevty".*did you mean "brevity"\?/u],
    [
      [{ name: "brevity", settings: { word: 3 } }],
      /rewards\.custom\.brevity\.settings\.word: no such setting; known are words/u,
    ],
    [[{ name: "brevity", weight: -1 }], /rewards\.custom\.brevity\.weight/u],
    [["brevity", "brevity"], /"brevity" is named twice/u],
  ])("is refused by name: %j", (named, message) => {
    expect(() => custom(named)).toThrow(message);
  });
});
