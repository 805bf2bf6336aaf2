import { z } from "zod";
import { Spent } from "../domain/usage.ts";

const count = z.number().int().min(0);

/** A run of a study that is at work or waits for a person. */
export const CellAtWork = z.object({
  run: z.string(),
  /** "joint, world 3, seed 3". */
  label: z.string(),
  /** Why it waits for a person; null while it works. */
  waits: z.string().nullable(),
});
export type CellAtWork = z.infer<typeof CellAtWork>;

/** How far a study is; the answer of its query `progress`. */
export const StudyProgress = z.object({
  phase: z.enum(["starting", "running", "paused", "over budget", "writing", "review", "done"]),
  total: count,
  finished: count,
  /** Runs that failed since the study was started. */
  failed: count,
  /** Runs that wait for a person. */
  held: count,
  atWork: z.array(CellAtWork),
  /** Estimated from the runs so far; null before the first. */
  secondsLeft: z.number().nullable(),
  /** Usage of the finished runs; null before it was read. */
  spent: Spent.nullable(),
  message: z.string(),
  waitsForPerson: z.boolean(),
  /** What a person can do now: updates and signals by name. */
  acts: z.array(z.string()),
});
export type StudyProgress = z.infer<typeof StudyProgress>;
