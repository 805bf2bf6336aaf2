import type { Loss, PolicyGradientLoss, SequencePolicyGradientLoss } from "../../../policy/port.ts";

/** The policy tokens of one sequence, as far as a loss looks at them; arrays have one entry a token. */
export interface PolicyTokens {
  /** Log-probabilities of the policy that is trained, in nats. */
  readonly current: readonly number[];
  /** Log-probabilities of the sampler, in nats. */
  readonly sampled: readonly number[];
  /** Log-probabilities of the reference policy, in nats; wanted where the loss has a KL term. */
  readonly reference?: readonly number[] | undefined;
  readonly advantage: number;
}

/**
 * d loss ÷ d log-probability of each policy token, and the loss itself: the sum over tokens (over sequences for a sequence loss) divided by
 * the divisor (docs/method.md#optimisation; the same as the embedded engine's graph). Any engine that can weigh tokens computes the loss's gradient from them.
 * Where a bound is reached exactly the gradient is that of the side that is not clipped.
 */
export function coefficientsOf(
  loss: Loss,
  tokens: PolicyTokens,
  divisor: number,
): { gradient: number[]; loss: number } {
  const per = perToken(loss, tokens);
  return { gradient: per.gradient.map((value) => value / divisor), loss: per.loss / divisor };
}

function perToken(loss: Loss, tokens: PolicyTokens): { gradient: number[]; loss: number } {
  if (loss.kind === "cross-entropy") return { gradient: tokens.current.map(() => -1), loss: -sum(tokens.current) };
  const surrogate = loss.kind === "policy-gradient" ? tokenLoss(loss, tokens) : sequenceLoss(loss, tokens);
  const coefficient = loss.klCoefficient ?? 0;
  if (coefficient === 0) return surrogate;
  // Beside a sequence loss, which weighs each sequence once, the terms of its tokens are averaged too.
  const scale = loss.kind === "policy-gradient" ? coefficient : coefficient / Math.max(1, tokens.current.length);
  const kl = klTerm(tokens);
  return {
    gradient: surrogate.gradient.map((value, index) => value + scale * (kl.gradient[index] ?? 0)),
    loss: surrogate.loss + scale * kl.loss,
  };
}

/** −min(r · A, clip(r) · A), bounded by −c · A where A < 0 (arXiv 1912.09729). d r ÷ d log p = r. */
function tokenLoss(
  { clipLow, clipHigh, dualClip }: PolicyGradientLoss,
  tokens: PolicyTokens,
): { gradient: number[]; loss: number } {
  const { current, sampled, advantage } = tokens;
  const terms = current.map((value, index) => {
    const ratio = Math.exp(value - (sampled[index] ?? NaN));
    const gain = clippedGain(ratio, advantage, clipLow, clipHigh);
    const floor = dualClip * advantage;
    return advantage < 0 && gain.value < floor ? { value: floor, slope: 0 } : gain;
  });
  return { gradient: terms.map(({ slope }) => -slope), loss: -sum(terms.map(({ value }) => value)) };
}

/** GSPO (arXiv 2507.18071): s = exp(mean log ratio), so that d s ÷ d log p = s ÷ tokens. */
function sequenceLoss(
  { clipLow, clipHigh }: SequencePolicyGradientLoss,
  { current, sampled, advantage }: PolicyTokens,
): { gradient: number[]; loss: number } {
  if (current.length === 0) return { gradient: [], loss: 0 };
  const count = current.length;
  const logRatio = sum(current.map((value, index) => value - (sampled[index] ?? NaN))) / count;
  const { value, slope } = clippedGain(Math.exp(logRatio), advantage, clipLow, clipHigh);
  return { gradient: current.map(() => -slope / count), loss: -value };
}

/** min(r · A, clip(r) · A), and r times its derivative by r. */
function clippedGain(
  ratio: number,
  advantage: number,
  clipLow: number,
  clipHigh: number,
): { value: number; slope: number } {
  const plain = ratio * advantage;
  const bounded = Math.min(1 + clipHigh, Math.max(1 - clipLow, ratio)) * advantage;
  // A NaN ratio must stay visible and not pass for a clipped one.
  return bounded < plain ? { value: bounded, slope: 0 } : { value: plain, slope: plain };
}

/** k3 = d − log d − 1 with d = p_reference ÷ p, summed; d k3 ÷ d log p = 1 − d. */
function klTerm({ current, reference }: PolicyTokens): { gradient: number[]; loss: number } {
  const logs = current.map((value, index) => (reference?.[index] ?? NaN) - value);
  return {
    gradient: logs.map((log) => 1 - Math.exp(log)),
    loss: sum(logs.map((log) => Math.exp(log) - log - 1)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
