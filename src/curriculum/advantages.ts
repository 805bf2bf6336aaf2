/** Keeps a group of nearly equal rewards from being blown up (METHOD §4). */
const epsilon = 1e-6;

/**
 * GRPO advantages (METHOD §4): (reward − group mean) ÷ (group standard deviation + 1e-6) over the samples of one
 * question, with the sample standard deviation. A group without spread gets 0. All rewards must be finite.
 */
export function groupAdvantages(rewards: readonly number[]): number[] {
  const bad = rewards.find((reward) => !Number.isFinite(reward));
  if (bad !== undefined) throw new RangeError(`a reward is ${bad}: rewards must be finite numbers`);
  if (rewards.length < 2 || Math.max(...rewards) === Math.min(...rewards)) return rewards.map(() => 0);
  const mean = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
  const variance = rewards.reduce((sum, reward) => sum + (reward - mean) ** 2, 0) / (rewards.length - 1);
  return rewards.map((reward) => (reward - mean) / (Math.sqrt(variance) + epsilon));
}

/** Advantages of trajectories in order; those of one question are a group. */
export function advantagesOf(trajectories: readonly { readonly questionId: string }[], rewards: readonly number[]): number[] {
  if (trajectories.length !== rewards.length) throw new RangeError(`${rewards.length} rewards for ${trajectories.length} trajectories`);
  const groups = new Map<string, number[]>();
  for (const [index, { questionId }] of trajectories.entries()) groups.set(questionId, [...(groups.get(questionId) ?? []), index]);
  const advantages = trajectories.map(() => 0);
  for (const indices of groups.values()) {
    const values = groupAdvantages(indices.map((index) => rewards[index] ?? 0));
    for (const [position, index] of indices.entries()) advantages[index] = values[position] ?? 0;
  }
  return advantages;
}
