import type { PassageSearch } from "../domain/passage.ts";
import type { Question } from "../domain/question.ts";
import type { TrajectoryAddress } from "../domain/trajectory.ts";
import type { RunEnvironment } from "../environments/runEnvironment.ts";
import type { Sampler } from "../policy/port.ts";
import type { DemonstrationOrigin } from "./demonstration.ts";

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

/** A response that a source offers, unchecked. */
export interface OfferedResponse {
  readonly question: Question;
  /** Prompt left out, answers of tools included, without the closing token. */
  readonly response: string;
  readonly origin: DemonstrationOrigin;
}

/** What a source could not make a response of, and where that stands. */
export interface RejectedDemonstration {
  readonly from: DemonstrationOrigin["from"];
  readonly place: string;
  readonly reason: string;
}

/** One of the places that demonstrations come from. */
export interface DemonstrationSource {
  readonly from: DemonstrationOrigin["from"];
  /** For a person. */
  readonly name: string;
  /** Responses and rejects in a fixed order, made as they are taken: who has enough stops taking. */
  offers(): AsyncIterable<OfferedResponse | RejectedDemonstration>;
}
