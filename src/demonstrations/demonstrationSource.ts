import type { PassageSearch } from "../domain/passage.ts";
import type { Question } from "../domain/question.ts";
import type { Trajectory, TrajectoryAddress } from "../domain/trajectory.ts";
import type { RunEnvironment } from "../environments/runEnvironment.ts";
import type { Sampler } from "../policy/port.ts";
import type { DemonstrationOrigin } from "./demonstration.ts";
import type { UnfitKind } from "./unfit.ts";

/** What responses are written for and checked against. */
export interface DemonstrationContext {
  /** The policy that will learn: its tokenizer, its longest sequence, and what samples where the policy is its own teacher. */
  readonly policy: Sampler;
  readonly environment: RunEnvironment;
  /** The run's corpus: every document of a demonstration must be in it. */
  readonly corpus: PassageSearch;
  /** Longest response of the run, in tokens, answers of tools included. */
  readonly maxResponseTokens: number;
  /** Where the demonstrations' trajectories belong. */
  readonly address: Pick<TrajectoryAddress, "branch" | "stage" | "iteration">;
}

/** What a source offers, unchecked: a text, or a trajectory whose tokens the policy itself sampled. */
export type Offer = { readonly question: Question; readonly origin: DemonstrationOrigin } & (
  | { readonly response: string }
  | { readonly trajectory: Trajectory }
);

/** What a source or a check left out, and where that stands. */
export interface RejectedDemonstration {
  readonly from: DemonstrationOrigin["from"];
  readonly place: string;
  readonly kind: UnfitKind;
  readonly reason: string;
}

/** What is still wanted of a source, as it stands while the source is asked. */
export interface Wanted {
  /** Demonstrations that are still missing. */
  missing(): number;
  /** Whether a question has a demonstration already. */
  has(questionId: string): boolean;
}

/** One of the places that demonstrations come from. */
export interface DemonstrationSource {
  readonly from: DemonstrationOrigin["from"];
  /** For a person. */
  readonly name: string;
  /** Offers and rejects in a fixed order, made as they are taken; what was taken before has been checked when the next is made. */
  offers(wanted: Wanted): AsyncIterable<Offer | RejectedDemonstration>;
  /** What is to be said of it afterwards, in whole sentences. */
  notes(): readonly string[];
}

/** What one source gave. */
export interface SourceCounts extends Pick<DemonstrationSource, "from" | "name"> {
  kept: number;
  /** How many were left out, by why. */
  readonly rejected: Partial<Record<UnfitKind, number>>;
  /** Undefined where none was. */
  firstRejected?: RejectedDemonstration;
}
