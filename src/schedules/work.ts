import { z } from "zod";
import { mostIterations } from "../configuration/bounds.ts";
import { Stage } from "../configuration/stages.ts";

const iterations = z
  .number()
  .int()
  .min(1)
  .max(...mostIterations);

/** What a schedule may answer. */
export const Work = z.discriminatedUnion("kind", [
  /** A new stage, with a name that the run has not used; its gate follows by itself. */
  z.strictObject({ kind: z.literal("train"), stage: Stage.extend({ iterations }) }),
  /** So many iterations more of the stage trained last, and its gate again. */
  z.strictObject({ kind: z.literal("extend"), iterations }),
  /** Answers all pools with the policy as it stands. */
  z.strictObject({ kind: z.literal("evaluate") }),
  z.strictObject({ kind: z.literal("finish") }),
]);
export type Work = z.infer<typeof Work>;

/** Work with the reason in words, for the log and the report. */
export interface NextWork {
  readonly work: Work;
  readonly reason: string;
}
