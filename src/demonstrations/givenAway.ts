import { findContamination } from "../benchmarks/contamination.ts";
import type { Dataset } from "../domain/dataset.ts";
import type { Question } from "../domain/question.ts";

/** Ids of the questions that give one of validation or evaluation away, and which. */
export function givenAway(
  questions: readonly Question[],
  { validation, evaluation }: Pick<Dataset, "validation" | "evaluation">,
): ReadonlyMap<string, string> {
  const held = [...validation, ...evaluation.flatMap((pool) => pool.questions)];
  // Each question is compared with those held out, not the other way round: of several copies of one question every one counts.
  return new Map(findContamination(held, questions).map(({ evaluationId, trainingId }) => [evaluationId, trainingId]));
}
