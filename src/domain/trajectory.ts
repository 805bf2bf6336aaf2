import { z } from "zod";
import { ToolCall } from "./toolCall.ts";

/** Why a trajectory ended. A closed set, mirrored in metrics as `stop/<reason>`. */
export const StopReason = z.enum(["end", "length", "malformed-call", "call-limit"]);
export type StopReason = z.infer<typeof StopReason>;

/**
 * A run of tokens of one origin. Policy tokens carry the sampler's own log-probabilities
 * (natural logarithm, one per token); environment tokens carry none and are masked out of the loss.
 */
export const Segment = z.object({
  origin: z.enum(["policy", "environment"]),
  tokens: z.array(z.number().int().min(0)),
  logProbabilities: z.array(z.number()),
});
export type Segment = z.infer<typeof Segment>;

/** Where in a run a trajectory belongs; unique together with its batch. */
export const TrajectoryAddress = z.object({
  branch: z.string(),
  stage: z.number().int().min(0),
  iteration: z.number().int().min(0),
  questionId: z.string(),
  sample: z.number().int().min(0),
});
export type TrajectoryAddress = z.infer<typeof TrajectoryAddress>;

/** One sampled attempt at one question: the durable record that everything is learnt from. */
export const Trajectory = TrajectoryAddress.extend({
  promptTokens: z.array(z.number().int().min(0)),
  segments: z.array(Segment),
  /** The response as text (prompt left out, environment included), decoded once for scoring and reading; never re-encoded. */
  text: z.string(),
  /** In the order in which they were made; those of unknown tools stand last. */
  calls: z.array(ToolCall),
  stopReason: StopReason,
});
export type Trajectory = z.infer<typeof Trajectory>;

/** Tokens of prompt and response: what an update runs forward and backward. */
export function sequenceLength({ promptTokens, segments }: Pick<Trajectory, "promptTokens" | "segments">): number {
  return segments.reduce((sum, { tokens }) => sum + tokens.length, promptTokens.length);
}

/** Number of response tokens by origin. */
export function countTokens(trajectory: Pick<Trajectory, "segments">, origin: Segment["origin"]): number {
  return trajectory.segments.reduce(
    (sum, segment) => (segment.origin === origin ? sum + segment.tokens.length : sum),
    0,
  );
}
