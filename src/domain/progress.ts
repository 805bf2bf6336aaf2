import { z } from "zod";
import { Spent } from "./usage.ts";

/** Mean reward of the iteration that ended with so many steps done. */
export const StepReward = z.strictObject({ step: z.number().int(), reward: z.number() });
export type StepReward = z.infer<typeof StepReward>;

/** What a stage tells its curriculum now and then. */
export const StageProgress = z.strictObject({
  phase: z.enum(["training", "gate"]),
  /** Steps of the run done. */
  step: z.number().int(),
  stage: z.number().int(),
  /** Name of the stage. */
  name: z.string(),
  /** Iterations done of `iterations`. */
  iteration: z.number().int(),
  iterations: z.number().int(),
  /** Mean total reward and share of right answers of the last iteration; null before the first. */
  reward: z.number().nullable(),
  accuracy: z.number().nullable(),
  /** Rewards of the iterations since the last report, oldest first, by the run's steps done after each. */
  rewards: z.array(StepReward).max(1000).default([]),
  /** What the run took so far. */
  spent: Spent.nullable().default(null),
  /** The gpu workers that sampled the last iteration's shards; none where its rollout was one piece. */
  workers: z.array(z.string()).max(1000).default([]),
  /** A snapshot taken since the last report. */
  snapshot: z.strictObject({ branch: z.string(), step: z.number().int() }).nullable(),
});
export type StageProgress = z.infer<typeof StageProgress>;

/** How far a run is; the answer of the query `progress`. */
export const RunProgress = z.object({
  phase: z.enum(["starting", "indexing", "base", "training", "gate", "evaluating", "report", "done", "paused", "held"]),
  /** Name of the stage at work or at its gate. */
  stage: z.string().nullable(),
  iteration: z.number().int(),
  /** Iterations of the stage. */
  iterations: z.number().int(),
  iterationsDone: z.number().int(),
  /** Iterations of the run. */
  iterationsTotal: z.number().int(),
  reward: z.number().nullable(),
  accuracy: z.number().nullable(),
  /** Estimated from the iterations so far, without pauses, holds, and gates that waited; null before the first. */
  secondsLeft: z.number().nullable(),
  /** What it took so far, by its log; null before that was read. */
  spent: Spent.nullable().default(null),
  /** What goes on, or why the run is held. */
  message: z.string(),
  /** True while nothing goes on until a person acts. */
  waitsForPerson: z.boolean(),
  /** What a person can do now: updates and signals by name. */
  acts: z.array(z.string()),
});
export type RunProgress = z.infer<typeof RunProgress>;

/** A run before anything of it is known. */
export const startingProgress = {
  phase: "starting",
  stage: null,
  iteration: 0,
  iterations: 0,
  iterationsDone: 0,
  iterationsTotal: 0,
  reward: null,
  accuracy: null,
  secondsLeft: null,
  spent: null,
} as const satisfies Partial<RunProgress>;
