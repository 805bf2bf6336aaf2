/** Avoids large advantages in groups of nearly equal rewards (docs/method.md#optimisation). */
const epsilon = 1e-6;

/** Indices of the samples of each question, in order. */
export function groupsOf(samples: readonly { readonly questionId: string }[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const [index, { questionId }] of samples.entries()) {
    const group = groups.get(questionId);
    if (group === undefined) groups.set(questionId, [index]);
    else group.push(index);
  }
  return [...groups.values()];
}

/** A value for each sample, made from the values of its group. */
export function byGroup<T>(
  samples: readonly { readonly questionId: string }[],
  values: readonly T[],
  make: (group: readonly T[]) => readonly number[],
): number[] {
  const made = samples.map(() => 0);
  for (const indices of groupsOf(samples)) {
    const group = make(indices.map((index) => values[index] as T));
    for (const [position, index] of indices.entries()) made[index] = group[position] ?? 0;
  }
  return made;
}

/** Whether all are equal: such a group teaches nothing. */
export function hasZeroVariance(rewards: readonly number[]): boolean {
  return rewards.length < 2 || Math.max(...rewards) === Math.min(...rewards);
}

/**
 * (reward − mean) ÷ (standard deviation + 1e-6) over a group, with the sample standard deviation (docs/method.md#optimisation). A group
 * without variance gets 0. Throws RangeError for a reward that is no finite number.
 */
export function standardised(rewards: readonly number[]): number[] {
  refuseInfinite(rewards);
  if (hasZeroVariance(rewards)) return rewards.map(() => 0);
  const mean = meanOf(rewards);
  const deviation = deviationOf(rewards, mean);
  return rewards.map((reward) => (reward - mean) / (deviation + epsilon));
}

/** reward − group mean; a group without variance gets 0. */
export function centred(rewards: readonly number[]): number[] {
  refuseInfinite(rewards);
  if (hasZeroVariance(rewards)) return rewards.map(() => 0);
  const mean = meanOf(rewards);
  return rewards.map((reward) => reward - mean);
}

/** Arithmetic mean of the values. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample standard deviation; 0 for a single value. */
export function deviationOf(values: readonly number[], mean = meanOf(values)): number {
  if (values.length < 2) return 0;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

function refuseInfinite(rewards: readonly number[]): void {
  const bad = rewards.find((reward) => !Number.isFinite(reward));
  if (bad !== undefined) throw new RangeError(`a reward is ${bad}: rewards must be finite numbers`);
}
