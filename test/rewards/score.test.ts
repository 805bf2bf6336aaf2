import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultRewardSettings, type RewardSettings } from "../../src/configuration/rewardSettings.ts";
import { compositeDefinitions, penaltyDefinitions, rewardDefinitions } from "../../src/rewards/composition.ts";
import { stageWeights } from "../../src/configuration/stageWeights.ts";
import { boundedValue } from "../../src/rewards/rewardDefinition.ts";
import { scoreGroup, scoreTrajectory } from "../../src/rewards/score.ts";
import { referenceOf, retrieved, subjectOf } from "./subjects.ts";

const thorough = {
  states: "flu first rest",
  references: [referenceOf("flu first rest", 1)],
  passages: [retrieved("flu first rest", 9, { relevance: 1 })],
  logLikelihoodGain: 0,
};
const long = "<think> it is flu , so rest </think> <answer> rest </answer>";

describe("the total of a stage", () => {
  it("is answer and reasoning in stage 1", () => {
    expect(scoreTrajectory(subjectOf({ ...thorough, text: long }), stageWeights.reasoner)).toMatchObject({
      total: 1.8,
      correct: true,
    });
  });

  it("is half the answer and retrieval in stage 2", () => {
    expect(scoreTrajectory(subjectOf({ ...thorough, text: long }), stageWeights.retriever).total).toBeCloseTo(
      0.5 + 1 / 1.23,
    );
  });

  it("is all of them in stage 3", () => {
    expect(scoreTrajectory(subjectOf({ ...thorough, text: long }), stageWeights.collaboration).total).toBeCloseTo(
      1 + 0.8 + 1 / 1.23 + 0.2,
    );
  });

  it("loses the penalties", () => {
    const score = scoreTrajectory(subjectOf({ ...thorough, text: long, responseTokens: 100 }), stageWeights.reasoner);
    expect(score.total).toBeCloseTo(0.8);
    expect(score.values).toMatchObject({ "penalty/overlong": 1, "penalty/format": 0 });
  });
});

describe("a response that fails the format gate", () => {
  it("gets 0.1 minus penalties and nothing else", () => {
    const score = scoreTrajectory(
      subjectOf({ ...thorough, text: "<think> flu so rest it is </think> <answer> rest </answer> rest" }),
      stageWeights.collaboration,
    );
    expect(score.total).toBeCloseTo(0.1 - 0.1 / 8);
    expect(score).toMatchObject({
      correct: false,
      values: { format: 0, malformedCall: 0, answer: null, reasoning: null },
    });
  });
});

describe("a malformed search", () => {
  it("gets −0.1 and nothing else", () => {
    const score = scoreTrajectory(
      subjectOf({ ...thorough, text: "<think> <search> </search>" }),
      stageWeights.collaboration,
    );
    expect(score).toMatchObject({
      total: -0.1,
      correct: false,
      values: { format: 0, malformedCall: 1, answer: null, "penalty/format": null },
    });
  });
});

describe("a group", () => {
  it("neither punishes nor rewards a trajectory for a part that could not be scored", () => {
    const scored = (cosine: number) => subjectOf({ text: long, references: [referenceOf("", cosine)] });
    const [first, second, unscored] = scoreGroup(
      [scored(0.2), scored(0.6), subjectOf({ text: long })],
      stageWeights.reasoner,
    );
    expect(unscored?.values["reasoning"]).toBeNull();
    expect(unscored?.total).toBeCloseTo(((first?.total ?? 0) + (second?.total ?? 0)) / 2);
  });

  it("does without a part that none of its trajectories could be scored for", () => {
    expect(scoreGroup([subjectOf({ text: long })], stageWeights.reasoner)[0]?.total).toBeCloseTo(1);
  });
});

describe("settings of rewards", () => {
  const changed = (settings: Partial<RewardSettings>) => ({
    ...thorough,
    text: long,
    settings: { ...defaultRewardSettings, ...settings },
  });

  it("weigh the parts of composed rewards", () => {
    const useful = { ...changed({ retrieval: { evidenceRecall: 1, usefulness: 3 } }), logLikelihoodGain: 1 };
    expect(scoreTrajectory(subjectOf(useful), stageWeights.retriever).values["retrieval"]).toBeCloseTo(
      (1 + 3 * (1 - Math.exp(-1))) / 4,
    );
    const half = { references: [referenceOf("flu first rest", 0.5)] };
    expect(
      scoreTrajectory(
        subjectOf({ ...changed({ reasoning: { logical: 0, statistical: 0, semantic: 1 } }), ...half }),
        stageWeights.reasoner,
      ).values["reasoning"],
    ).toBeCloseTo(0.5);
    expect(
      scoreTrajectory(
        subjectOf({ ...changed({ reasoning: { logical: 2, statistical: 1, semantic: 1 } }), ...half }),
        stageWeights.reasoner,
      ).values["reasoning"],
    ).toBeCloseTo(3.5 / 4);
    const { values } = scoreTrajectory(
      subjectOf(changed({ clinical: { clinicalConsistency: 0, evidentialSupport: 1, diagnosticPlausibility: 0 } })),
      stageWeights.collaboration,
    );
    expect(values["clinical"]).toBe(values["evidentialSupport"]);
  });

  it("leave a composed reward out that has no weight", () => {
    expect(
      scoreTrajectory(subjectOf(changed({ retrieval: { evidenceRecall: 0, usefulness: 0 } })), stageWeights.retriever),
    ).toMatchObject({ total: 0.5, values: { retrieval: null } });
  });

  it("set the totals of failed formats and malformed searches", () => {
    const settings = {
      ...defaultRewardSettings,
      invalidFormatTotal: 0.05,
      malformedCallTotal: -1,
      penalties: { format: 0, thinkingLength: 0, language: 0, overlong: 0 },
    };
    expect(
      scoreTrajectory(subjectOf({ text: "<think> flu </think> rest", settings }), stageWeights.reasoner).total,
    ).toBe(0.05);
    expect(
      scoreTrajectory(subjectOf({ text: "<think> <search> </search>", settings }), stageWeights.reasoner).total,
    ).toBe(-1);
  });
});

describe("any score", () => {
  const number = fc.oneof(fc.double(), fc.constant(null));
  const piece = fc.constantFrom(
    "<think>",
    "</think>",
    "<search>",
    "</search>",
    "<document>",
    "</document>",
    "<answer>",
    "</answer>",
    "rest",
    "flu first rest .",
    "休息",
  );
  const text = fc.oneof(
    fc.array(piece).map((pieces) => pieces.join(" ")),
    fc.constant(long),
  );
  const subject = fc
    .record({
      text,
      cosine: number,
      gain: number,
      tokens: fc.nat(),
      states: fc.constantFrom(undefined, "", "flu first rest", "a r b; b r a"),
      relevance: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ text: response, cosine, gain, tokens, states, relevance }) =>
      subjectOf({
        text: response,
        responseTokens: tokens,
        logLikelihoodGain: gain,
        references: [referenceOf("flu first rest", cosine)],
        passages: [retrieved("flu first rest", 5, { relevance })],
        ...(states === undefined ? {} : { states }),
      }),
    );

  it("has a finite total, and values that are null or within their declared range", () => {
    fc.assert(
      fc.property(subject, fc.constantFrom(...Object.values(stageWeights)), (one, weights) => {
        const { total, values } = scoreTrajectory(one, weights);
        expect(Number.isFinite(total)).toBe(true);
        for (const { name, range } of [...rewardDefinitions, ...compositeDefinitions, ...penaltyDefinitions]) {
          const value = values[name];
          if (value === null || value === undefined) continue;
          expect(value).toBeGreaterThanOrEqual(range[0]);
          expect(value).toBeLessThanOrEqual(range[1]);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("counts what is no number as not scored", () => {
    const declaration = { name: "any", range: [0, 1], needs: [], nullMeans: "never" } as const;
    expect([Number.NaN, Infinity, -Infinity, 0.5, null].map((value) => boundedValue(declaration, value))).toEqual([
      null,
      1,
      0,
      0.5,
      null,
    ]);
  });

  it("comes from rewards whose names differ", () => {
    const names = [...rewardDefinitions, ...compositeDefinitions, ...penaltyDefinitions].map(
      (definition) => definition.name,
    );
    expect(new Set(names).size).toBe(names.length);
  });
});
