import type { ForwardBackwardMetrics, Loss } from "../port.ts";
import type { Tensors } from "./graphSession.ts";
import { floatTensor } from "./graphSession.ts";
import type { MicroBatch } from "./microBatch.ts";
import { lossTerms } from "./trainingGraph.ts";

export interface LossSettings {
  readonly loss: Loss;
  readonly lossDivisor: number;
  readonly temperature: number;
}

/** What the training graph asks for its loss. */
export function lossInputs(batch: MicroBatch, { loss, lossDivisor }: LossSettings, reference: Float32Array | null): Tensors {
  const column = [batch.lossRows.length, 1];
  const weight = floatTensor(new Float32Array(batch.lossRows.length).fill(1 / lossDivisor), column);
  if (loss.kind === "cross-entropy") return { weight };
  const scalar = (value: number): Tensors[string] => floatTensor(Float32Array.of(value), []);
  return {
    weight,
    old: floatTensor(batch.old, column),
    advantage: floatTensor(batch.advantage, column),
    lowest: scalar(1 - loss.clipLow),
    highest: scalar(1 + loss.clipHigh),
    dualClip: scalar(loss.dualClip),
    ...(reference === null ? {} : { reference: floatTensor(reference, column), klCoefficient: scalar(loss.klCoefficient ?? 0) }),
    ...(lossTerms(loss).entropy ? { entropyCoefficient: scalar(loss.entropyCoefficient ?? 0) } : {}),
  };
}

/** Sum of k3 over the tokens. */
export function sumOfEstimates(reference: Float32Array, logProbabilities: Float32Array): number {
  return reference.reduce((sum, value, i) => {
    const logRatio = value - (logProbabilities[i] ?? NaN);
    return sum + Math.exp(logRatio) - logRatio - 1;
  }, 0);
}

/** Metrics of a micro-batch. Clipped tokens are those whose gradient the clip took away: ratio too high with a gain, too low with a loss. */
export function measureLoss(batch: MicroBatch, { loss }: LossSettings, logProbabilities: Float32Array, entropies: Float32Array, lossValue: number): ForwardBackwardMetrics {
  const sums = { entropySum: 0, klReferenceSum: 0, clippedLow: 0, clippedHigh: 0, klSampleTrainSum: 0, logProbabilityGapMax: 0 };
  for (let i = 0; i < logProbabilities.length; i++) {
    sums.entropySum += entropies[i] ?? 0;
    if (loss.kind === "cross-entropy") continue;
    const gap = (batch.old[i] ?? 0) - (logProbabilities[i] ?? 0);
    const ratio = Math.exp(-gap);
    const advantage = batch.advantage[i] ?? 0;
    if (advantage > 0 && ratio > 1 + loss.clipHigh) sums.clippedHigh += 1;
    if (advantage < 0 && ratio < 1 - loss.clipLow) sums.clippedLow += 1;
    sums.klSampleTrainSum += gap;
    // Not Math.max alone: a NaN must show.
    if (!(Math.abs(gap) <= sums.logProbabilityGapMax)) sums.logProbabilityGapMax = Math.abs(gap);
  }
  return { tokens: logProbabilities.length, loss: lossValue, ...sums };
}
