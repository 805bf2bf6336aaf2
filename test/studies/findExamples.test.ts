import { expect, test } from "vitest";
import { differing } from "../../src/studies/findExamples.ts";
import type { LoggedAnswer } from "../../src/studies/lastAnswers.ts";
import { madeUpStudy } from "./madeUpStudy.ts";

const [joint, staged] = madeUpStudy({
  arms: ["joint", "staged"],
  regimes: ["plain"],
  worlds: [100],
  comparisons: [],
  right: () => [5],
}).cells;

/** A question's answers, right (+) or not (-). */
const answers = (questionId: string, verdicts: string): LoggedAnswer[] =>
  verdicts.split("").map((verdict) => ({
    questionId,
    question: `${questionId}?`,
    rightAnswer: "rest",
    text: `${questionId}${verdict}`,
    correct: verdict === "+",
  }));

test("of two runs the questions on which they differ most are shown, one for each side, and none that only one was asked", () => {
  if (joint === undefined || staged === undefined) throw new Error("no cells");
  const ours = [...answers("a", "++++"), ...answers("b", "++--"), ...answers("c", "----"), ...answers("only", "++++")];
  const theirs = [...answers("a", "+---"), ...answers("b", "+---"), ...answers("c", "++--")];
  expect(differing(joint, ours, staged, theirs).map(({ question, right, wrong }) => [question, right, wrong])).toEqual([
    ["a?", { arm: "joint", text: "a+" }, { arm: "staged", text: "a-" }],
    ["c?", { arm: "staged", text: "c+" }, { arm: "joint", text: "c-" }],
  ]);
  expect(differing(joint, ours, staged, ours.slice(0, 4))).toEqual([]);
});
