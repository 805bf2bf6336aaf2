import type { Trajectory } from "../domain/trajectory.ts";
import type { TrainingSequence } from "../policy/port.ts";

/** A trajectory as a training sequence: mask 1 and the sampler's log-probability on the policy's own tokens, 0 on all others. */
export function trainingSequence(
  trajectory: Pick<Trajectory, "promptTokens" | "segments">,
  advantage: number,
): TrainingSequence {
  const tokens = [...trajectory.promptTokens];
  const lossMask: number[] = tokens.map(() => 0);
  const sampledLogProbabilities: number[] = tokens.map(() => 0);
  for (const segment of trajectory.segments) {
    const own = segment.origin === "policy";
    if (own && segment.logProbabilities.length !== segment.tokens.length) {
      throw new RangeError(
        `a policy segment has ${segment.tokens.length} tokens but ${segment.logProbabilities.length} log-probabilities`,
      );
    }
    for (const [index, token] of segment.tokens.entries()) {
      tokens.push(token);
      lossMask.push(own ? 1 : 0);
      sampledLogProbabilities.push(own ? (segment.logProbabilities[index] ?? 0) : 0);
    }
  }
  return { tokens, lossMask, sampledLogProbabilities, advantage };
}
