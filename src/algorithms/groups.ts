import { deviationOf, mean } from "../domain/mean.ts";

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

/** A value for each sample, made from the values of its group. Throws RangeError where `values` or what `make` gives are more or fewer than their samples. */
export function byGroup<T>(
  samples: readonly { readonly questionId: string }[],
  values: readonly T[],
  make: (group: readonly T[]) => readonly number[],
): number[] {
  if (values.length !== samples.length) throw new RangeError(`${values.length} values for ${samples.length} samples`);
  const made = samples.map(() => 0);
  for (const indices of groupsOf(samples)) {
    const group = make(indices.map((index) => values[index] as T));
    if (group.length !== indices.length)
      throw new RangeError(`${group.length} values were made for a group of ${indices.length} samples`);
    for (const [position, index] of indices.entries()) made[index] = group[position] as number;
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
  const average = mean(rewards);
  const deviation = deviationOf(rewards, average);
  return rewards.map((reward) => (reward - average) / (deviation + epsilon));
}

/** reward − group mean; a group without variance gets 0. */
export function centred(rewards: readonly number[]): number[] {
  refuseInfinite(rewards);
  if (hasZeroVariance(rewards)) return rewards.map(() => 0);
  const average = mean(rewards);
  return rewards.map((reward) => reward - average);
}

function refuseInfinite(rewards: readonly number[]): void {
  const bad = rewards.find((reward) => !Number.isFinite(reward));
  if (bad !== undefined) throw new RangeError(`a reward is ${bad}: rewards must be finite numbers`);
}
