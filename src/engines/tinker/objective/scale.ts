import type { StepSize } from "../../../policy/port.ts";
import type { Reduction } from "../dialects/dialect.ts";

/**
 * What a token's wanted coefficient is multiplied by, so that what the server divides by falls away: 1 for a sum. `weight` is the sum of
 * the sequence's own weights.
 */
export function scaleOf(reduction: Reduction, weight: number, step: StepSize): number {
  if (reduction === "sum") return 1;
  return reduction === "sequence-mean" ? weight * step.sequences : step.weight;
}
