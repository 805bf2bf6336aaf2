import type { Dialect } from "../../../src/engines/tinker/dialects/dialect.ts";
import { addGradient, logProbability, type Bigram } from "./bigram.ts";

/** A datum as it came over the wire. */
export interface WireDatum {
  readonly inputs: readonly number[];
  readonly targets: readonly number[];
  readonly weights?: readonly number[] | undefined;
  readonly logprobs?: readonly number[] | undefined;
  readonly advantages?: readonly number[] | undefined;
}

/** The part of a step's gradient that has come in; what a server divides by is known at the step alone. */
export interface Gradient {
  readonly sum: Float64Array;
  sequences: number;
  weight: number;
}

export function emptyGradient({ size }: Bigram): Gradient {
  return { sum: new Float64Array(size * size), sequences: 0, weight: 0 };
}

/** As the dialect's server divides it. */
export function reduced({ sum, sequences, weight }: Gradient, { reduction }: Dialect): Float64Array {
  const divisor = reduction === "sum" ? 1 : reduction === "sequence-mean" ? sequences : weight;
  return sum.map((value) => (divisor === 0 ? 0 : value / divisor));
}

/** Losses and log-probabilities of each target; the gradient is added where one is given. */
export function passOver(
  model: Bigram,
  dialect: Dialect,
  data: readonly WireDatum[],
  loss: { readonly name: string; readonly settings: Readonly<Record<string, number>> },
  gradient: Gradient | null,
): { readonly elementwise_loss: number[]; readonly logprobs: number[] }[] {
  return data.map((datum) => {
    const weights = datum.weights ?? datum.targets.map(() => 1);
    const total = weights.reduce((sum, value) => sum + value, 0);
    const divisor = dialect.reduction === "sequence-mean" ? Math.max(total, 1e-9) : 1;
    const logprobs = datum.targets.map((target, at) => logProbability(model, datum.inputs[at] ?? 0, target));
    const terms = logprobs.map((value, at) => lossAt(dialect, loss, datum, at, value));
    if (gradient !== null) {
      gradient.sequences++;
      gradient.weight += total;
      for (const [at, { slope }] of terms.entries()) {
        const scale = ((weights[at] ?? 0) * slope) / divisor;
        addGradient(model, gradient.sum, datum.inputs[at] ?? 0, datum.targets[at] ?? 0, scale);
      }
    }
    return { elementwise_loss: terms.map(({ value }, at) => value * (weights[at] ?? 0)), logprobs };
  });
}

/** A token's loss and its derivative by the log-probability. */
function lossAt(
  dialect: Dialect,
  { name, settings }: { readonly name: string; readonly settings: Readonly<Record<string, number>> },
  datum: WireDatum,
  at: number,
  logprob: number,
): { value: number; slope: number } {
  if (name === "cross_entropy") return { value: -logprob, slope: -1 };
  const advantage = datum.advantages?.[at] ?? 0;
  const ratio = Math.exp(logprob - (datum.logprobs?.[at] ?? 0));
  const low = settings["clip_low_threshold"] ?? dialect.defaultClip[0];
  const high = settings["clip_high_threshold"] ?? dialect.defaultClip[1];
  const clipped = Math.min(high, Math.max(low, ratio));
  if (name === "cispo") return { value: -clipped * logprob * advantage, slope: -clipped * advantage };
  if (name === "importance_sampling") {
    const cut = dialect.largestRatio !== null && ratio > dialect.largestRatio;
    const used = cut ? (dialect.largestRatio ?? ratio) : ratio;
    return { value: -used * advantage, slope: cut ? 0 : -ratio * advantage };
  }
  const gain = Math.min(ratio * advantage, clipped * advantage);
  const floor = dialect.dualClip === null || advantage >= 0 ? -Infinity : dialect.dualClip * advantage;
  const isFree = gain >= floor && ratio * advantage <= clipped * advantage;
  return { value: -Math.max(gain, floor), slope: isFree ? -ratio * advantage : 0 };
}
