import { describe, expect, it } from "vitest";
import type { Question } from "../../src/domain/question.ts";
import type { Score } from "../../src/domain/reward.ts";
import type { Segment, Trajectory } from "../../src/domain/trajectory.ts";
import { answerConfidence } from "../../src/evaluation/answerConfidence.ts";
import { measureAnswers } from "../../src/evaluation/answerMeasures.ts";
import { brierScore, calibrationError } from "../../src/evaluation/calibration.ts";
import { answeringOf, poolAsked, sampledPool } from "../../src/evaluation/sampledPools.ts";
import { isAbstention } from "../../src/graders/abstention.ts";
import { plainTags } from "../../src/protocol/tags.ts";
import { questionOf } from "../rewards/subjects.ts";
import { testConfiguration } from "../training/trainer.ts";

/** Every character is a token. */
const tokenizer = { decode: (tokens: readonly number[]) => String.fromCodePoint(...tokens) };
const policy = (text: string, logProbability: (character: string, index: number) => number): Segment => ({
  origin: "policy",
  tokens: Array.from(text, (character) => character.codePointAt(0) ?? 0),
  logProbabilities: Array.from(text, logProbability),
});
const responding = (answer: string): string => `<think> a </think> <answer> ${answer} </answer>`;

function answered(questionId: string, text: string, segments: Segment[] = []): Trajectory {
  return {
    branch: "main",
    stage: 0,
    iteration: 0,
    questionId,
    sample: 0,
    promptTokens: [],
    segments,
    text,
    calls: [],
    stopReason: "end",
  };
}

const scoreOf = (correct: boolean | null): Score => ({ total: 0, correct, values: {} });

async function measure(list: readonly (readonly [Question, string, boolean | null, Segment[]?])[]) {
  return measureAnswers({
    questions: list.map(([question]) => question),
    trajectories: list.map(([question, text, , segments]) => answered(question.id, text, segments)),
    scores: list.map(([, , correct]) => scoreOf(correct)),
    tags: plainTags,
    tokenizer,
  });
}

describe("what answers were like beside being right", () => {
  const plain = questionOf({ id: "a" });
  const risky = questionOf({ id: "b", harmfulAnswers: ["aspirin"] });
  const silent = questionOf({ id: "c", answer: "none" });

  it("counts harmful answers among those to questions that list any", async () => {
    expect(await measure([[plain, responding("aspirin"), false]])).not.toHaveProperty("harmful/share");
    const other = { ...risky, id: "d" };
    const measured = await measure([
      [plain, responding("aspirin"), false],
      [risky, responding("Aspirin."), false],
      [other, responding("rest"), true],
    ]);
    expect(measured["harmful/share"]).toBe(0.5);
  });

  it("counts answers that give none, and where that was right; a broken format is no abstention", async () => {
    const measured = await measure([
      [plain, responding("none"), false],
      [silent, responding("none"), true],
      [risky, responding("rest"), true],
      [{ ...plain, id: "e" }, "none", false],
    ]);
    expect(measured["abstained/share"]).toBeCloseTo(2 / 3);
    expect(measured["abstained/right_share"]).toBe(0.5);
    expect(await measure([[risky, responding("rest"), true]])).not.toHaveProperty("abstained/right_share");
  });

  it.each(["", "None", "I don't know.", "insufficient evidence", "不知道"])("takes %j for an abstention", (text) => {
    expect(isAbstention(text)).toBe(true);
  });

  it.each(["none of the above drugs", "nonexa", "rest"])("takes %j for an answer", (text) => {
    expect(isAbstention(text)).toBe(false);
  });

  it("means the share of gold documents that answers found by themselves, where it is known", async () => {
    const recall = (values: Score["values"][]) =>
      measureAnswers({
        questions: [],
        trajectories: [],
        scores: values.map((one) => ({ ...scoreOf(true), values: one })),
        tags: plainTags,
        tokenizer,
      });
    expect(
      await recall([
        { retrievalRecall: 1 },
        { retrievalRecall: 0 },
        { retrievalRecall: 0.5 },
        { retrievalRecall: null },
      ]),
    ).toEqual({
      "retrieval/own_recall": 0.5,
    });
    expect(await recall([{ retrievalRecall: null }, {}])).toEqual({});
  });

  it("leaves calibration out where the sampler told no probabilities", async () => {
    const silentSegment: Segment = { origin: "policy", tokens: [60], logProbabilities: [] };
    expect(Object.keys(await measure([[plain, responding("rest"), true, [silentSegment]]])).join(" ")).not.toContain(
      "calib",
    );
  });

  it("is sure of an answer as the probabilities of its own tokens say", async () => {
    const text = responding("rest");
    const start = text.indexOf("<answer>") + "<answer>".length;
    const sure = Math.log(0.25) / (text.length - start);
    const segment = policy(text, (_, index) => (index < start ? -5 : sure));
    expect(answerConfidence({ segments: [segment] }, tokenizer)).toBeCloseTo(0.25);
    expect(answerConfidence({ segments: [policy("<think> a", () => -1)] }, tokenizer)).toBeNull();
    expect(answerConfidence({ segments: [] }, tokenizer)).toBeNull();
    const measured = await measure([[plain, text, true, [segment]]]);
    expect(measured["calibration/error"]).toBeCloseTo(0.75);
    expect(measured["calibration/brier"]).toBeCloseTo(0.75 ** 2);
    expect([measured["calibration/confidence"], measured["calibration/answers"]]).toEqual([expect.closeTo(0.25), 1]);
  });
});

describe("calibration", () => {
  const of = (confidence: number, right: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({ confidence, correct: index < right }));

  it("has no error where as many are right as was said, in every bin", () => {
    expect(calibrationError([...of(0.25, 5, 20), ...of(0.85, 17, 20)])).toBeCloseTo(0);
  });

  it("is the mean difference weighed by answers, by hand", () => {
    expect(calibrationError([...of(0.9, 1, 2), ...of(0.1, 0, 2)])).toBeCloseTo((2 * 0.4 + 2 * 0.1) / 4);
    expect(brierScore([...of(0.9, 1, 2)])).toBeCloseTo((0.01 + 0.81) / 2);
    expect(calibrationError(of(1, 4, 4))).toBe(0);
  });

  it("is unknown without answers", () => {
    expect([calibrationError([]), brierScore([])]).toEqual([null, null]);
  });
});

it("a sampled pool asks the same questions, as the paper samples unless told otherwise", () => {
  const { evaluation } = testConfiguration({ evaluation: { sampled: {} } });
  expect(poolAsked(sampledPool("held-out"))).toBe("held-out");
  expect(answeringOf(sampledPool("held-out"), evaluation)).toEqual({ samples: 4, temperature: 0.6, topP: 0.9 });
  expect(answeringOf("held-out", evaluation)).toEqual({ samples: 1, temperature: 0, topP: 1 });
});
