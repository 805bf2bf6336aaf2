import type { Stage } from "../configuration/stages.ts";
import type { Observed } from "./observation.ts";
import type { NextWork } from "./work.ts";

/**
 * What a run trains next (docs/method.md#schedules). Asked between two pieces of work; what it answers is written into the run's log with its
 * reason before it is acted on, and for the same history it is never asked again. So it may depend on nothing but its arguments.
 */
export interface Schedule {
  next(history: TrainingHistory): NextWork;
  /** Whether it decides from measurements too. They are read for such schedules alone. */
  readonly observes?: boolean;
  /** Says that it comes to an end, however long it trains. Left out: a run is held before it trains several times what was configured (docs/schedules.md). */
  readonly endsByItself?: boolean;
  /** The stages that a run is likely to go through, for its progress and the time left; nothing else depends on it. */
  outline(stages: readonly Stage[]): readonly Stage[];
}

/** What a run has trained on its current branch. Its base is evaluated; the last stage is trained and past its gate. */
export interface TrainingHistory {
  /** The stages as configured. */
  readonly stages: readonly Stage[];
  /** Oldest first. */
  readonly trained: readonly TrainedStage[];
  /** For schedules that observe. */
  readonly observed?: Observed;
}

export interface TrainedStage {
  readonly name: string;
  /** Number of iterations done, extensions included. */
  readonly iterations: number;
  /** What its gate found and decided, or a person in its place; null for a stage without one. */
  readonly gate: GateEvidence | null;
  /** Iterations that an extension adds. */
  readonly extensionIterations: number;
  /** Tokens that its updates took gradients of. */
  readonly learntTokens: number;
  /** Share of right answers by pool of the policy that it ended with (null: none could be graded); null before it is evaluated. */
  readonly accuracies: Readonly<Record<string, number | null>> | null;
}

/** Gain in accuracy over the stage on validation questions (a share), with its interval. A gate that holds waits for a person before the schedule is asked. */
export interface GateEvidence {
  readonly decision: "promote" | "extend" | "flag" | "approve";
  readonly gain: number;
  readonly low: number;
  readonly high: number;
}
