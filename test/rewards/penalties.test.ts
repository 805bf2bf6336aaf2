import { describe, expect, it } from "vitest";
import { defaultRewardSettings, type RewardSettings } from "../../src/configuration/rewardSettings.ts";
import { stageWeights } from "../../src/configuration/stageWeights.ts";
import { rewardComponents } from "../../src/rewards/components.ts";
import { formatDetail } from "../../src/rewards/formatDetail.ts";
import { language } from "../../src/rewards/language.ts";
import { overlong } from "../../src/rewards/overlong.ts";
import { scoreTrajectory } from "../../src/rewards/score.ts";
import { thinkingLength } from "../../src/rewards/thinkingLength.ts";
import { subjectOf } from "./subjects.ts";

const respond = (thinking: string, answer: string): string =>
  `<think> ${thinking} </think> <answer> ${answer} </answer>`;

describe("the penalty on format details", () => {
  it("is the share that is missing", () => {
    expect(formatDetail.score(subjectOf())).toBe(0);
    expect(formatDetail.score(subjectOf({ text: respond("", "") }))).toBeCloseTo(2 / 8);
  });
});

describe("the penalty on thinking length", () => {
  const penalty = (thinking: string, answer: string) =>
    thinkingLength.score(subjectOf({ text: respond(thinking, answer) }));

  it("is full without thinking and none when thinking is twice the answer", () => {
    expect(penalty("", "abcd")).toBeCloseTo(1);
    expect(penalty("abcdabcd", "abcd")).toBeCloseTo(0);
    expect(penalty("a".repeat(500), "abcd")).toBeCloseTo(0);
  });

  it("follows the formula in between", () => {
    expect(penalty("abcd", "abcd")).toBeCloseTo(1 - (1 - Math.exp(-1)) / (1 - Math.exp(-2)));
  });
});

describe("the penalty on language", () => {
  const penalty = (question: string, thinking: string, answer: string) =>
    language.score(subjectOf({ question: { text: question }, text: respond(thinking, answer) }));

  it("is none in the question's language", () => {
    expect(penalty("What helps?", "rest helps", "rest")).toBe(0);
    expect(penalty("用什么药？", "应该休息", "休息")).toBe(0);
  });

  it("is the share of windows in another language", () => {
    expect(penalty("What helps?", "应该休息", "rest")).toBeCloseTo(1 / 2);
    expect(penalty("用什么药？", "one should rest", "rest")).toBeCloseTo(1);
    expect(penalty("What helps?", `${"rest ".repeat(40)}${"休息".repeat(100)}`, "rest")).toBeCloseTo(1 / 3);
  });

  it("is none for an answer in the words of an option, whatever its script", () => {
    const options = [
      { label: "A", text: "HBsAg" },
      { label: "B", text: "休息" },
    ];
    const penalty = (answer: string) =>
      language.score(subjectOf({ question: { text: "哪项指标？", options }, text: respond("应查抗原", answer) }));
    expect([penalty("HBsAg"), penalty("A. HBsAg"), penalty("the surface antigen")]).toEqual([0, 0, 1 / 2]);
  });

  it("ignores labels and units, which belong to no language", () => {
    expect(penalty("用什么药？", "应该休息", "B")).toBe(0);
  });
});

describe("the penalty on overlong responses", () => {
  it("grows over the buffer before the limit", () => {
    const penalty = (responseTokens: number) => overlong.score(subjectOf({ responseTokens, maxResponseTokens: 14336 }));
    expect([0, 14336 - 3072, 14336 - 1536, 14336, 20000].map(penalty)).toEqual([0, 0, 0.5, 1, 1]);
  });
});

describe("the sizes of penalties", () => {
  const tooLong = { text: respond("应该休息", "rest"), responseTokens: 14336, maxResponseTokens: 14336 };
  const penalties = (settings: Partial<RewardSettings> = {}) => {
    const { values } = scoreTrajectory(
      subjectOf({ ...tooLong, settings: { ...defaultRewardSettings, ...settings } }),
      stageWeights.reasoner,
    );
    return ["format", "thinkingLength", "language", "overlong"].map((name) => values[`penalty/${name}`] ?? NaN);
  };

  it("are the published ones where nothing else is set", () => {
    const [format, length, language, overlong] = penalties();
    expect(format).toBeCloseTo(0);
    expect(length).toBeCloseTo(0.1 * (1 - (1 - Math.exp(-1)) / (1 - Math.exp(-2))));
    expect(language).toBeCloseTo(0.1 / 2);
    expect(overlong).toBe(1);
  });

  it("are settings", () => {
    const [, length = NaN, language = NaN] = penalties();
    const [, longer = NaN, louder = NaN, overlong] = penalties({
      penalties: { format: 1, thinkingLength: 0.3, language: 0.2, overlong: 0 },
    });
    expect(longer / length).toBeCloseTo(3);
    expect(louder / language).toBeCloseTo(2);
    expect(overlong).toBe(0);
    const inTheMiddle = subjectOf({
      responseTokens: 75,
      maxResponseTokens: 100,
      settings: { ...defaultRewardSettings, overlongBuffer: 0.5 },
    });
    expect(scoreTrajectory(inTheMiddle, stageWeights.reasoner).values["penalty/overlong"]).toBeCloseTo(0.5);
  });
});

describe("what searches cost", () => {
  const weights = stageWeights.reasoner;
  const totalOf = (searchCost?: number, text?: string) =>
    scoreTrajectory(
      subjectOf({ ...(searchCost === undefined ? {} : { searchCost }), ...(text === undefined ? {} : { text }) }),
      weights,
    );

  it("is taken from the total, valid format or not, and stands among the values", () => {
    for (const text of [respond("flu", "rest"), "rest"]) {
      const [free, costly] = [totalOf(undefined, text), totalOf(0.15, text)];
      expect(free.total - costly.total).toBeCloseTo(0.15);
      expect(costly.values["penalty/searchCost"]).toBe(0.15);
      expect("penalty/searchCost" in free.values).toBe(false);
    }
  });

  it("is a component with the cost as its weight, for algorithms that normalise each by itself: a low cost weighs little", () => {
    const scores = [totalOf(0.5), totalOf(1.5)];
    const sources = { weights, settings: defaultRewardSettings, own: [], searchCost: 0.5 };
    expect(rewardComponents(scores, sources).at(-1)).toEqual({ name: "searches", weight: 0.5, values: [-1, -3] });
    const withoutCost = rewardComponents(scores, { ...sources, searchCost: 0 });
    expect(withoutCost.map(({ name }) => name)).not.toContain("searches");
    const penalties = withoutCost.at(-1)?.values;
    expect(penalties?.[0]).toBe(penalties?.[1]);
  });
});
