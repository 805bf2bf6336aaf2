import type { RunConfiguration } from "../configuration/configuration.ts";
import type { Dataset } from "../domain/dataset.ts";
import { outlineOf } from "../schedules/outlineOf.ts";

/**
 * Throws, with counts, where a run could not be trained, gated or evaluated for want of questions: none for training, validation or
 * evaluation, or fewer for training than an iteration asks.
 */
export function refuseTooFewQuestions(
  configuration: Pick<RunConfiguration, "rollout" | "evaluation" | "schedule" | "stages">,
  { training, validation, evaluation, notes = [] }: Pick<Dataset, "training" | "validation" | "evaluation" | "notes">,
): void {
  const heldOut = evaluation.reduce((sum, pool) => sum + pool.questions.length, 0);
  const counts = [
    `the data set's questions are ${training.length} for training, ${validation.length} for validation and ${heldOut} for evaluation.`,
    ...notes.map((note) => (/[.。!?]$/.test(note) ? note : `${note}.`)),
  ].join(" ");
  const evaluates = configuration.evaluation.questions > 0;
  if (training.length === 0 || validation.length === 0 || (evaluates && heldOut === 0))
    throw new Error(
      `data: ${counts} Each needs at least one: give more questions (of files, each is drawn by its id: six in ten train, two validate, two evaluate)`,
    );
  const { questions } = configuration.rollout;
  const samples = outlineOf(configuration).some(
    ({ learns, iterations }) => learns !== "demonstrations" && iterations > 0,
  );
  if (samples && questions > training.length)
    throw new Error(
      `rollout.questions: an iteration asks ${questions} different questions, but ${counts} Give more questions, or ask fewer: --set rollout.questions=${training.length}`,
    );
}
