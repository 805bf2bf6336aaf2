import type { Question } from "../domain/question.ts";

export interface MajorityBaseline {
  /** The commonest answer of the training questions. */
  readonly answer: string;
  /** Its accuracy on the questions asked. */
  readonly accuracy: number;
}

/** What always giving the commonest training answer would reach; null without questions. */
export function majorityBaseline(training: readonly Question[], asked: readonly Question[]): MajorityBaseline | null {
  const counts = new Map<string, number>();
  for (const { answer } of training) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const commonest = [...counts].toSorted(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))[0];
  if (commonest === undefined || asked.length === 0) return null;
  return {
    answer: commonest[0],
    accuracy: asked.filter(({ answer }) => answer === commonest[0]).length / asked.length,
  };
}
