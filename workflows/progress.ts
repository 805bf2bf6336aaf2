import { defineSignal } from "@temporalio/workflow";
import { z } from "zod";

/** Mean reward of the iteration that ended with so many steps done. */
export const StepReward = z.strictObject({ step: z.number().int(), reward: z.number() });
export type StepReward = z.infer<typeof StepReward>;

/** What a stage tells its curriculum now and then. */
export const StageProgress = z.strictObject({
  phase: z.enum(["training", "gate"]),
  /** Steps of the run done; null from stages of the first versions. */
  step: z.number().int().nullable().default(null),
  stage: z.number().int(),
  /** Iterations done of `iterations`. */
  iteration: z.number().int(),
  iterations: z.number().int(),
  /** Mean total reward and share of right answers of the last iteration; null before the first. */
  reward: z.number().nullable(),
  accuracy: z.number().nullable(),
  /** Rewards of the iterations since the last report, oldest first, by the run's steps done after each; bare numbers from stages of the first versions. */
  rewards: z
    .array(z.union([StepReward, z.number()]))
    .max(1000)
    .default([]),
  /** A snapshot taken since the last report. */
  snapshot: z.strictObject({ branch: z.string(), step: z.number().int() }).nullable(),
});
export type StageProgress = z.infer<typeof StageProgress>;

/** How far a run is; the answer of the query `progress`. */
export interface RunProgress {
  readonly phase:
    | "starting"
    | "indexing"
    | "base"
    | "training"
    | "gate"
    | "evaluating"
    | "report"
    | "done"
    | "paused"
    | "held";
  readonly stage: number | null;
  readonly iteration: number;
  /** Of the stage. */
  readonly iterations: number;
  readonly iterationsDone: number;
  /** Of the run. */
  readonly iterationsTotal: number;
  readonly reward: number | null;
  readonly accuracy: number | null;
  /** Estimated from the iterations so far, without pauses, holds, and gates that waited; null before the first. */
  readonly secondsLeft: number | null;
  /** What goes on, or why the run is held. */
  readonly message: string;
  /** True while nothing goes on until a person acts. */
  readonly waitsForPerson: boolean;
  /** What a person can do now: updates and signals by name. */
  readonly acts: readonly string[];
}

export const stageProgressSignal = defineSignal<[StageProgress]>("stageProgress");
