import type { Loss } from "../../../policy/port.ts";
import type { PolicyTokens } from "./coefficients.ts";

/** Sums over policy tokens, as the port's metrics. Servers tell nothing of entropies. */
export interface LearnMetrics {
  readonly tokens: number;
  /** Already divided by the divisor. */
  readonly loss: number;
  readonly klReferenceSum: number;
  readonly clippedLow: number;
  readonly clippedHigh: number;
  readonly klSampleTrainSum: number;
  readonly logProbabilityGapMax: number;
}

export const emptyMetrics: LearnMetrics = {
  tokens: 0,
  loss: 0,
  klReferenceSum: 0,
  clippedLow: 0,
  clippedHigh: 0,
  klSampleTrainSum: 0,
  logProbabilityGapMax: 0,
};

export function addMetrics(a: LearnMetrics, b: LearnMetrics): LearnMetrics {
  return {
    tokens: a.tokens + b.tokens,
    loss: a.loss + b.loss,
    klReferenceSum: a.klReferenceSum + b.klReferenceSum,
    clippedLow: a.clippedLow + b.clippedLow,
    clippedHigh: a.clippedHigh + b.clippedHigh,
    klSampleTrainSum: a.klSampleTrainSum + b.klSampleTrainSum,
    logProbabilityGapMax:
      b.logProbabilityGapMax <= a.logProbabilityGapMax ? a.logProbabilityGapMax : b.logProbabilityGapMax,
  };
}

/** Of one sequence; `value` is its loss. */
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
    logProbabilityGapMax: gaps.reduce((most, gap) => (Math.abs(gap) <= most ? most : Math.abs(gap)), 0),
  };
}
