import { addMetrics as addAll, emptyMetrics as ofNoTokens } from "../../../policy/forwardBackwardMetrics.ts";
import type { ForwardBackwardMetrics, Loss } from "../../../policy/port.ts";
import type { PolicyTokens } from "./coefficients.ts";

/** The port's metrics without entropies, which servers do not report. */
export type LearnMetrics = Omit<ForwardBackwardMetrics, "entropySum">;

export const emptyMetrics: LearnMetrics = withoutEntropy(ofNoTokens);

/** Metrics of two sets of sequences together. */
export function addMetrics(a: LearnMetrics, b: LearnMetrics): LearnMetrics {
  return withoutEntropy(addAll({ ...a, entropySum: 0 }, { ...b, entropySum: 0 }));
}

function withoutEntropy(all: ForwardBackwardMetrics): LearnMetrics {
  const { entropySum: _, ...metrics } = all;
  return metrics;
}

/** Metrics of one sequence; `value` is its loss. */
export function measure(
  loss: Loss,
  { current, sampled, reference, advantage }: PolicyTokens,
  value: number,
): LearnMetrics {
  const counts = { ...emptyMetrics, tokens: current.length, loss: value };
  if (loss.kind === "cross-entropy") return counts;
  const gaps = current.map((own, index) => (sampled[index] ?? NaN) - own);
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  const ratios = gaps.map((gap) => Math.exp(loss.kind === "policy-gradient" ? -gap : -total / gaps.length));
  const logs = (loss.klCoefficient ?? 0) > 0 ? current.map((own, index) => (reference?.[index] ?? NaN) - own) : [];
  return {
    ...counts,
    clippedHigh: ratios.filter((ratio) => advantage > 0 && ratio > 1 + loss.clipHigh).length,
    clippedLow: ratios.filter((ratio) => advantage < 0 && ratio < 1 - loss.clipLow).length,
    klReferenceSum: logs.reduce((sum, log) => sum + Math.exp(log) - log - 1, 0),
    klSampleTrainSum: total,
    logProbabilityGapMax: gaps.reduce((most, gap) => Math.max(most, Math.abs(gap)), 0),
  };
}
