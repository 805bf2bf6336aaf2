import { gradeAnswer, isHarmful } from "../graders/grade.ts";
import type { Verdict } from "../graders/verdict.ts";
import type { ScoringSubject } from "./subject.ts";

/** How the answer is judged: matching decides what it can, a judge the rest where one was asked. Null where the judge failed. */
export function answerVerdict({
  question,
  response,
  judgement,
}: Pick<ScoringSubject, "question" | "response" | "judgement">): Verdict | null {
  const given = response.answer ?? "";
  const matched = gradeAnswer(question, given);
  const decided = matched === 2 || question.kind === "choice" || given === "" || isHarmful(question, given);
  return decided || judgement === undefined ? matched : judgement;
}
