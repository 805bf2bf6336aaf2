import type { Verdict } from "../graders/verdict.ts";
import { answerVerdict } from "./answerVerdict.ts";
import type { RewardDefinition } from "./rewardDefinition.ts";

/** Value of each verdict: wrong, partly right, right (docs/method.md#rewards). */
const valueOfVerdict: Readonly<Record<Verdict, number>> = { 0: 0.1, 1: 0.4, 2: 1 };

/** Judged correctness of the answer. Matching decides what it can; a judge decides the rest where one was asked. */
export const answer: RewardDefinition = {
  name: "answer",
  range: [0.1, 1],
  needs: ["answer-key"],
  nullMeans: "a judge was needed and failed",
  score: (subject) => {
    const verdict = answerVerdict(subject);
    return verdict === null ? null : valueOfVerdict[verdict];
  },
};
