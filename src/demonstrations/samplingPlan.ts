import type { Question } from "../domain/question.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import type { Sampler } from "../policy/port.ts";
import type { ServiceUsage } from "../services/answerCache.ts";
import type { Offer, RejectedDemonstration } from "./demonstrationSource.ts";

/** How a model is sampled for demonstrations. */
export interface SamplingPlan {
  /** Name of the purpose in the addresses of what is drawn. */
  readonly purpose: string;
  readonly sampler: Sampler;
  readonly temperature: number;
  /** Times the questions without a right response are gone through. */
  readonly rounds: number;
  /** Of one question in a round. */
  readonly samples: number;
  /** Questions sampled at once. */
  readonly together: number;
  /** Most questions of a round, from what is missing. */
  readonly questionsOfRound: (missing: number) => number;
  /** What sampling has taken so far on a server; left out where none is asked. */
  readonly usage?: () => ServiceUsage;
  readonly offer: (sampled: Sampled) => Offer | RejectedDemonstration;
}

export interface Sampled {
  readonly question: Question;
  readonly trajectory: Trajectory;
  /** From 1. */
  readonly round: number;
}
