/**
 * The smallest model that can be trained and sampled: log p(next | token) = log softmax of row `token`. Its derivatives are known in closed
 * form, so that a fake server's figures are right and not made up.
 */
export interface Bigram {
  readonly size: number;
  readonly weights: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
  steps: number;
}

export function newBigram(size: number, seed: number): Bigram {
  const next = uniforms(seed);
  const weights = Float64Array.from({ length: size * size }, () => 2 * next() - 1);
  return { size, weights, first: new Float64Array(size * size), second: new Float64Array(size * size), steps: 0 };
}

export function copyBigram({ size, weights, first, second, steps }: Bigram, optimizer = true): Bigram {
  return {
    size,
    weights: weights.slice(),
    first: optimizer ? first.slice() : new Float64Array(first.length),
    second: optimizer ? second.slice() : new Float64Array(second.length),
    steps: optimizer ? steps : 0,
  };
}

export function probabilities({ size, weights }: Bigram, token: number): Float64Array {
  const row = weights.subarray(token * size, (token + 1) * size);
  const most = Math.max(...row);
  const powers = row.map((value) => Math.exp(value - most));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}

export function logProbability(model: Bigram, token: number, target: number): number {
  return Math.log(probabilities(model, token)[target] ?? 0);
}

/** Adds scale · d log p(target | token) ÷ d weights. */
export function addGradient(model: Bigram, gradient: Float64Array, token: number, target: number, scale: number): void {
  const values = probabilities(model, token);
  for (const [index, value] of values.entries()) {
    const at = token * model.size + index;
    gradient[at] = (gradient[at] ?? 0) + scale * ((index === target ? 1 : 0) - value);
  }
}

export function normOf(gradient: Float64Array): number {
  return Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
}

interface Adam {
  readonly learning_rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weight_decay: number;
}

export function adamStep(model: Bigram, gradient: Float64Array, adam: Adam): void {
  model.steps++;
  const { first, second, weights } = model;
  const firstShare = 1 - adam.beta1 ** model.steps;
  const secondShare = 1 - adam.beta2 ** model.steps;
  // By index: a real vocabulary has a million pairs.
  for (let at = 0; at < gradient.length; at++) {
    const value = gradient[at] ?? 0;
    first[at] = adam.beta1 * (first[at] ?? 0) + (1 - adam.beta1) * value;
    second[at] = adam.beta2 * (second[at] ?? 0) + (1 - adam.beta2) * value * value;
    const mean = (first[at] ?? 0) / firstShare;
    const spread = (second[at] ?? 0) / secondShare;
    const own = weights[at] ?? 0;
    weights[at] = own - adam.learning_rate * (mean / (Math.sqrt(spread) + adam.eps) + adam.weight_decay * own);
  }
}

/** Pseudo-random numbers in [0, 1) (mulberry32). */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
