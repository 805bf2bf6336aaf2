import { z } from "zod";
import { Question } from "../domain/question.ts";
import { Trajectory } from "../domain/trajectory.ts";

/** Where a demonstration came from; it stands in each row. */
export const DemonstrationOrigin = z.discriminatedUnion("from", [
  /** A row of the user's file. */
  z.object({ from: z.literal("file"), file: z.string(), place: z.string() }),
  /** Sampled by a served model. */
  z.object({ from: z.literal("teacher"), model: z.string(), sample: z.number().int().min(0) }),
  /** The data set's own reference of this index, with searches of the run's corpus. */
  z.object({ from: z.literal("references"), reference: z.number().int().min(0) }),
  /** Sampled by the policy itself, in this round (from 1). */
  z.object({ from: z.literal("own"), round: z.number().int().min(1), sample: z.number().int().min(0) }),
]);
export type DemonstrationOrigin = z.infer<typeof DemonstrationOrigin>;

/**
 * A checked right response in the run's trajectory protocol. The policy's segments are the tokens to learn, the closing token among
 * them, with log-probabilities of 0 where nobody sampled them; the environment's are masked as in every update.
 */
export const Demonstration = z.object({
  origin: DemonstrationOrigin,
  /** What it answers: a training question, or one that only the user's file asks. */
  question: Question,
  trajectory: Trajectory,
});
export type Demonstration = z.infer<typeof Demonstration>;

/** Where a demonstration came from, for a person. */
export function placeOf(origin: DemonstrationOrigin, questionId: string): string {
  switch (origin.from) {
    case "file":
      return origin.place;
    case "teacher":
      return `teacher ${origin.model}, question ${questionId}, sample ${origin.sample + 1}`;
    case "references":
      return `reference ${origin.reference + 1} of question ${questionId}`;
    case "own":
      return `round ${origin.round}, question ${questionId}, sample ${origin.sample + 1}`;
  }
}
