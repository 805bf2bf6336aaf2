/** How a token is chosen; the names are those of SampleRequest. */
export interface SamplingChoice {
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
}

/**
 * Chooses a token by inverse transform: the first whose cumulated probability exceeds u (the last possible one where rounding
 * keeps the sum below u). With topK or topP only the most probable tokens take part, scaled up to 1: at most topK, and no more
 * than are needed to reach topP. Greedy at temperature 0.
 */
export function sampleToken(probabilities: Float32Array, settings: SamplingChoice, uniform: number): number {
  if (settings.temperature === 0) return mostProbable(probabilities);
  const limited = settings.topK > 0 || settings.topP < 1;
  return limited
    ? sampleFrom(probabilities, likeliestTokens(probabilities, settings), uniform)
    : sampleFromAll(probabilities, uniform);
}

function mostProbable(probabilities: Float32Array): number {
  let best = 0;
  for (let token = 1; token < probabilities.length; token++) {
    if ((probabilities[token] ?? 0) > (probabilities[best] ?? 0)) best = token;
  }
  return best;
}

function sampleFromAll(probabilities: Float32Array, uniform: number): number {
  let cumulated = 0;
  let last = 0;
  for (let token = 0; token < probabilities.length; token++) {
    const probability = probabilities[token] ?? 0;
    if (probability === 0) continue;
    cumulated += probability;
    last = token;
    if (cumulated > uniform) return token;
  }
  return last;
}

function sampleFrom(probabilities: Float32Array, tokens: readonly number[], uniform: number): number {
  const target = uniform * tokens.reduce((sum, token) => sum + (probabilities[token] ?? 0), 0);
  let cumulated = 0;
  for (const token of tokens) {
    cumulated += probabilities[token] ?? 0;
    if (cumulated > target) return token;
  }
  return tokens.at(-1) ?? 0;
}

/** Most probable first; equal ones by id. */
function likeliestTokens(probabilities: Float32Array, { topK, topP }: SamplingChoice): number[] {
  // A token below the threshold can't be among those that make up topP of everything.
  const threshold = (1 - Math.min(topP, 1)) / probabilities.length;
  const candidates: number[] = [];
  for (let token = 0; token < probabilities.length; token++)
    if ((probabilities[token] ?? 0) >= threshold) candidates.push(token);
  candidates.sort((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0) || a - b);
  const most = topK > 0 ? Math.min(topK, candidates.length) : candidates.length;
  let count = 0;
  let cumulated = 0;
  while (count < most && (count === 0 || cumulated < topP)) cumulated += probabilities[candidates[count++] ?? 0] ?? 0;
  return candidates.slice(0, count);
}
