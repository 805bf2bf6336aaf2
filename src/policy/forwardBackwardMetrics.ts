import type { ForwardBackwardMetrics } from "./port.ts";

/** Metrics of no tokens at all. */
export const emptyMetrics: ForwardBackwardMetrics = {
  tokens: 0,
  loss: 0,
  entropySum: 0,
  klReferenceSum: 0,
  clippedLow: 0,
  clippedHigh: 0,
  klSampleTrainSum: 0,
  logProbabilityGapMax: 0,
};

/** Metrics of two batches together: they are sums, but for the largest gap. */
export function addMetrics(a: ForwardBackwardMetrics, b: ForwardBackwardMetrics): ForwardBackwardMetrics {
  return {
    tokens: a.tokens + b.tokens,
    loss: a.loss + b.loss,
    entropySum: a.entropySum === null || b.entropySum === null ? null : a.entropySum + b.entropySum,
    klReferenceSum: a.klReferenceSum + b.klReferenceSum,
    clippedLow: a.clippedLow + b.clippedLow,
    clippedHigh: a.clippedHigh + b.clippedHigh,
    klSampleTrainSum: a.klSampleTrainSum + b.klSampleTrainSum,
    logProbabilityGapMax: Math.max(a.logProbabilityGapMax, b.logProbabilityGapMax),
  };
}
