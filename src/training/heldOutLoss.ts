import type { Trajectory } from "../domain/trajectory.ts";
import type { Policy, RunControl } from "../policy/port.ts";
import { trainingSequence } from "../protocol/lossMask.ts";
import { validationLossMetric } from "./demonstrationMetrics.ts";
import type { Metrics } from "./stepMetrics.ts";

/**
 * Measures the mean cross-entropy of held-out demonstrations, in nats per policy token. Returns no metric where none
 * are held out.
 */
export async function heldOutLoss(
  policy: Pick<Policy, "logProbabilities">,
  heldOut: readonly Pick<Trajectory, "promptTokens" | "segments">[],
  control: RunControl = {},
): Promise<Metrics> {
  const sequences = heldOut.map((trajectory) => trainingSequence(trajectory, 0));
  if (sequences.length === 0) return {};
  const found = await policy.logProbabilities(
    sequences.map(({ tokens }) => tokens),
    control,
  );
  let [sum, count] = [0, 0];
  for (const [index, { lossMask }] of sequences.entries())
    for (const [place, bit] of lossMask.entries())
      if (bit === 1) {
        sum -= found[index]?.[place] ?? NaN;
        count += 1;
      }
  // A policy with NaN weights has no loss to compare. The guards of the next step report it.
  return Number.isFinite(sum / count) ? { [validationLossMetric]: sum / count } : {};
}
