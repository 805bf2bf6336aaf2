import { z } from "zod";
import { describe, expect, it } from "vitest";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { stageWeights } from "../../src/configuration/stageWeights.ts";
import { RewardError } from "../../src/rewards/checkedValue.ts";
import { customRewardsOf } from "../../src/rewards/custom.ts";
import { customRewards } from "../../src/rewards/customRegistry.ts";
import { scoreGroup, scoreTrajectory } from "../../src/rewards/score.ts";
import { reward as brevity } from "../../examples/brevity.ts";
import { subjectOf } from "./subjects.ts";

const custom = (named: unknown[]) =>
  customRewardsOf(resolveConfiguration({ rewards: { custom: named } }).rewards.custom);
const thinking = (words: number): string => `<think> ${"flu ".repeat(words)}</think> <answer> rest </answer>`;

/** What the reward "wild" does, by the question's id. */
const returns: Readonly<Record<string, () => unknown>> = {
  high: () => 7,
  none: () => null,
  other: () => 0.5,
  rounded: () => 0.1 + 0.2 + 0.7 + Number.EPSILON,
  forgotten: () => undefined,
  async: () => Promise.resolve(0.5),
  "async-throws": () => Promise.reject(new Error("late")),
  word: () => "0.50",
  nan: () => NaN,
  infinite: () => -Infinity,
  list: () => [1],
  throws: () => (undefined as unknown as { reasoning: string }).reasoning,
};

customRewards.add(brevity);
customRewards.add({
  name: "wild",
  describe: "for tests: scores whatever the question is called",
  settings: z.strictObject({}),
  create: () => ({
    range: [0, 1],
    weight: 1,
    nullMeans: "no answer known",
    score: ({ question }: { question: { id: string } }) => returns[question.id]?.() as number | null,
  }),
});

customRewards.add({
  name: "below",
  describe: "for tests: takes away",
  settings: z.strictObject({}),
  create: () => ({ range: [-5, 0], weight: 1, nullMeans: "never", score: () => -1 }),
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

  it("is not counted as clamped where it passes its range by rounding alone", () => {
    const score = scoreTrajectory(subjectOf({ question: { id: "rounded" } }), stageWeights.reasoner, custom(["wild"]));
    expect(score.values["wild"]).toBe(1);
    expect(score).not.toHaveProperty("clamped");
  });

  it("is bounded by its range, which is counted; where it says null among others that it scored, it failed", () => {
    const scores = scoreGroup(
      ["high", "none", "other"].map((id) => subjectOf({ question: { id } })),
      stageWeights.reasoner,
      custom(["wild"]),
    );
    expect(scores.map(({ values }) => values["wild"])).toEqual([1, null, 0.5]);
    expect(scores.map(({ failed }) => failed)).toEqual([undefined, ["wild"], undefined]);
    expect(scores.map(({ clamped }) => clamped)).toEqual([["wild"], undefined, undefined]);
    const [alone] = scoreGroup([subjectOf({ question: { id: "none" } })], stageWeights.reasoner, custom(["wild"]));
    expect(alone).not.toHaveProperty("failed");
  });

  it("such as the example keeps its range by itself, so that long thinking is no value outside it", () => {
    const score = scoreTrajectory(subjectOf({ text: thinking(300) }), stageWeights.reasoner, custom(["brevity"]));
    expect(score.values["brevity"]).toBe(0);
    expect(score).not.toHaveProperty("clamped");
  });

  it.each([
    ["forgotten", "undefined", " (is a return missing?)"],
    ["async", "a Promise", " (is it async?)"],
    ["async-throws", "a Promise", " (is it async?)"],
    ["word", 'the text "0.50"', ""],
    ["nan", "NaN", ""],
    ["infinite", "-Infinity", ""],
    ["list", "a value of type object", ""],
  ])("is refused by its name and the question where it returns no value: %s", (id, what, hint) => {
    expect(() => scoreTrajectory(subjectOf({ question: { id } }), stageWeights.reasoner, custom(["wild"]))).toThrow(
      new RewardError(`reward "wild" returned ${what} for question ${id}; return a number in [0, 1] or null${hint}`),
    );
  });

  it("is named, with the question, where it throws", () => {
    const subject = subjectOf({ question: { id: "throws" } });
    expect(() => scoreTrajectory(subject, stageWeights.reasoner, custom(["wild"]))).toThrow(
      /^reward "wild" threw on question throws: Cannot read properties of undefined \(reading 'reasoning'\)$/u,
    );
  });

  it.each([
    [["brevty"], /rewards\.custom\.0\.name: there is no reward "brevty".*did you mean "brevity"\?/u],
    [
      [{ name: "brevity", settings: { word: 3 } }],
      /rewards\.custom\.brevity\.settings\.word: no such setting; known are words/u,
    ],
    [[{ name: "brevity", weight: -1 }], /rewards\.custom\.brevity\.weight/u],
    [
      ["below"],
      /reward "below" does not fit: range: a total is never below 0 before penalties; shift the range to begin at 0 or above/u,
    ],
    [["brevity", "brevity"], /"brevity" is named twice/u],
  ])("is refused by name: %j", (named, message) => {
    expect(() => custom(named)).toThrow(message);
  });
});
