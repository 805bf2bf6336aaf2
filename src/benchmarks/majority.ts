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
  let commonest: string | undefined;
  let most = 0;
  for (const [answer, count] of counts)
    if (commonest === undefined || count > most || (count === most && answer < commonest))
      [commonest, most] = [answer, count];
  if (commonest === undefined || asked.length === 0) return null;
  const right = asked.reduce((sum, { answer }) => (answer === commonest ? sum + 1 : sum), 0);
  return { answer: commonest, accuracy: right / asked.length };
}
