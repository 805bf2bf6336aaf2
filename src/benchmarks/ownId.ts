import type { Question } from "../domain/question.ts";
import { RowError } from "./rejectedRows.ts";

/**
 * The question with an id that no other of `known` has, which it joins: of a known id it gets the row's number (`index` counts from 0) behind
 * it. Throws RowError where the same question stands there already.
 */
export function withOwnId(question: Question, index: number, known: Map<string, Question>): Question {
  const before = known.get(question.id);
  if (before !== undefined && contentOf(before) === contentOf(question))
    throw new RowError(`id: the same question stands there already as "${question.id}"`);
  const id = before === undefined ? question.id : `${question.id}-row${index + 1}`;
  const own =
    id === question.id
      ? question
      : { ...question, id, cluster: question.cluster === question.id ? id : question.cluster };
  known.set(id, own);
  return own;
}

function contentOf({ text, options, answer }: Question): string {
  return JSON.stringify([text, options, answer]);
}
