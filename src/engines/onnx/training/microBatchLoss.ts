import type { ForwardBackwardMetrics, Loss, PolicyGradientLoss } from "../../../policy/port.ts";
import type { Tensors } from "../../../onnx/graphSession.ts";
import { floatTensor } from "../../../onnx/graphSession.ts";
import type { MicroBatch } from "./microBatch.ts";
import { lossTerms } from "./trainingGraph.ts";

export interface LossSettings {
  readonly loss: Loss;
  readonly lossDivisor: number;
  readonly temperature: number;
}

/** What the training graph asks for its loss. */
export function lossInputs(
  batch: MicroBatch,
  { loss, lossDivisor }: LossSettings,
  reference: Float32Array | null,
): Tensors {
  const column = [batch.lossRows.length, 1];
  if (loss.kind === "cross-entropy")
    return { weight: floatTensor(new Float32Array(batch.lossRows.length).fill(1 / lossDivisor), column) };
  return {
    ...(loss.kind === "sequence-policy-gradient"
      ? sequenceInputs(batch, lossDivisor)
      : tokenInputs(batch, loss, lossDivisor)),
    old: floatTensor(batch.old, column),
    lowest: scalar(1 - loss.clipLow),
    highest: scalar(1 + loss.clipHigh),
    ...(reference === null
      ? {}
      : { reference: floatTensor(reference, column), klCoefficient: scalar(loss.klCoefficient ?? 0) }),
    ...(lossTerms(loss).entropy ? { entropyCoefficient: scalar(loss.entropyCoefficient ?? 0) } : {}),
  };
}

function tokenInputs(
  { lossRows, advantage }: MicroBatch,
  { dualClip }: PolicyGradientLoss,
  lossDivisor: number,
): Tensors {
  const column = [lossRows.length, 1];
  return {
    weight: floatTensor(new Float32Array(lossRows.length).fill(1 / lossDivisor), column),
    advantage: floatTensor(advantage, column),
    dualClip: scalar(dualClip),
  };
}

/** Each sequence weighs 1 ÷ divisor, and so do its tokens together. */
function sequenceInputs({ lossRows, advantage, wantedTokens }: MicroBatch, lossDivisor: number): Tensors {
  const [sequences, tokens] = [wantedTokens.length, lossRows.length];
  const averages = new Float32Array(sequences * tokens);
  const weight = new Float32Array(tokens);
  const sequenceAdvantage = new Float32Array(sequences);
  let first = 0;
  for (const [row, count] of wantedTokens.entries()) {
    averages.fill(1 / count, row * tokens + first, row * tokens + first + count);
    weight.fill(1 / (count * lossDivisor), first, first + count);
    sequenceAdvantage[row] = count === 0 ? 0 : (advantage[first] ?? 0);
    first += count;
  }
  return {
    weight: floatTensor(weight, [tokens, 1]),
    averages: floatTensor(averages, [sequences, tokens]),
    sequenceAdvantage: floatTensor(sequenceAdvantage, [sequences, 1]),
    sequenceWeight: scalar(1 / lossDivisor),
  };
}

function scalar(value: number): Tensors[string] {
  return floatTensor(Float32Array.of(value), []);
}

/** Sum of k3 over the tokens. */
export function sumOfEstimates(reference: Float32Array, logProbabilities: Float32Array): number {
  return reference.reduce((sum, value, i) => {
    const logRatio = value - (logProbabilities[i] ?? NaN);
    return sum + Math.exp(logRatio) - logRatio - 1;
  }, 0);
}

/**
 * Metrics of a micro-batch. Clipped tokens are those whose gradient the clip took away: ratio too high with a gain, too low with a loss.
 * Where the ratio is a sequence's, all its tokens are clipped or none.
 */
export function measureLoss(
  batch: MicroBatch,
  { loss }: LossSettings,
  logProbabilities: Float32Array,
  entropies: Float32Array,
  lossValue: number,
): ForwardBackwardMetrics {
  const sums = {
    entropySum: 0,
    klReferenceSum: 0,
    clippedLow: 0,
    clippedHigh: 0,
    klSampleTrainSum: 0,
    logProbabilityGapMax: 0,
  };
  const logRatios = loss.kind === "sequence-policy-gradient" ? sequenceLogRatios(batch, logProbabilities) : null;
  for (let i = 0; i < logProbabilities.length; i++) {
    sums.entropySum += entropies[i] ?? 0;
    if (loss.kind === "cross-entropy") continue;
    const gap = (batch.old[i] ?? 0) - (logProbabilities[i] ?? 0);
    const ratio = Math.exp(logRatios?.[i] ?? -gap);
    const advantage = batch.advantage[i] ?? 0;
    if (advantage > 0 && ratio > 1 + loss.clipHigh) sums.clippedHigh += 1;
    if (advantage < 0 && ratio < 1 - loss.clipLow) sums.clippedLow += 1;
    sums.klSampleTrainSum += gap;
    // Not Math.max alone: a NaN must show.
    if (!(Math.abs(gap) <= sums.logProbabilityGapMax)) sums.logProbabilityGapMax = Math.abs(gap);
  }
  return { tokens: logProbabilities.length, loss: lossValue, ...sums };
}

/** For each wanted token the mean log ratio of its sequence. */
function sequenceLogRatios({ wantedTokens, old }: MicroBatch, logProbabilities: Float32Array): Float32Array {
  const means = new Float32Array(logProbabilities.length);
  let first = 0;
  for (const count of wantedTokens) {
    let sum = 0;
    for (let i = first; i < first + count; i++) sum += (logProbabilities[i] ?? 0) - (old[i] ?? 0);
    means.fill(sum / count, first, first + count);
    first += count;
  }
  return means;
}
