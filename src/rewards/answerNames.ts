import { memoizeByObject } from "../caching/memoize.ts";
import { chosenOption } from "../graders/choice.ts";
import { readings } from "../graders/grade.ts";
import { answerVerdict } from "./answerVerdict.ts";
import { entityWording } from "./entityWording.ts";
import type { ScoringSubject } from "./subject.ts";

/**
 * The names, as entities are compared, under which an answer may stand in a graph: the text of the option it names; else its own wording, read as
 * the grader reads it, and for a right answer, which may be a synonym, the key's. Cached: several rewards look for them.
 */
export const answerNames = memoizeByObject((subject: ScoringSubject): ReadonlySet<string> => {
  const { question, response } = subject;
  const given = response.answer ?? "";
  const option = chosenOption(given, question.options);
  if (option !== null) return new Set([entityWording(option.text)]);
  const isRight = question.kind !== "choice" && answerVerdict(subject) === 2;
  return new Set([...readings(given), ...(isRight ? [question.answer] : [])].map(entityWording));
});
