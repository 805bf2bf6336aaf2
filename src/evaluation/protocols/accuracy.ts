/** One graded answer. */
export interface Graded {
  readonly questionId: string;
  readonly correct: boolean;
}

export interface Accuracy {
  /** Mean over questions of the share of right samples. */
  readonly accuracy: number;
  /**
   * Standard error of the mean over questions (sample standard deviation ÷ √n, as lm-evaluation-harness); null for one
   * question.
   */
  readonly standardError: number | null;
  readonly questions: number;
}

/** Accuracy over questions, which may have several samples each; null without questions. */
export function accuracyOf(graded: readonly Graded[]): Accuracy | null {
  const shares = [...groupByQuestion(graded).values()].map(
    (samples) => samples.filter(Boolean).length / samples.length,
  );
  if (shares.length === 0) return null;
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const squares = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0);
  const standardError = shares.length === 1 ? null : Math.sqrt(squares / (shares.length - 1) / shares.length);
  return { accuracy: mean, standardError, questions: shares.length };
}

/**
 * pass@k: chance that of k samples drawn without return at least one is right, 1 − C(n − c, k) ÷ C(n, k), meaned over
 * questions (Chen et al. 2021). Every question needs at least k samples.
 */
export function passAtK(graded: readonly Graded[], k: number): number | null {
  const groups = [...groupByQuestion(graded).values()];
  if (groups.length === 0) return null;
  const chances = groups.map((samples) => {
    if (samples.length < k)
      throw new RangeError(`pass@${k} needs ${k} samples of each question, one has ${samples.length}`);
    return 1 - allWrong(samples.length, samples.filter(Boolean).length, k);
  });
  return chances.reduce((sum, chance) => sum + chance, 0) / chances.length;
}

/** Chance that k of n samples are all wrong when c are right. */
function allWrong(n: number, c: number, k: number): number {
  let chance = 1;
  for (let index = 0; index < k; index++) chance *= Math.max(0, n - c - index) / (n - index);
  return chance;
}

/** The commonest answer, the earliest among equals; null without answers. Answers that name nothing (null) don't vote. */
export function majorityVote(answers: readonly (string | null)[]): string | null {
  const counts = new Map<string, number>();
  for (const answer of answers) if (answer !== null) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return (
    [...counts].reduce<readonly [string, number] | null>(
      (best, one) => (best === null || one[1] > best[1] ? one : best),
      null,
    )?.[0] ?? null
  );
}

/** Accuracy by the value of a tag (subject, specialty, step, question type); answers without the tag are left out. */
export function breakdown<T extends Graded>(
  graded: readonly T[],
  valueOf: (one: T) => string | undefined,
): ReadonlyMap<string, Accuracy> {
  const groups = new Map<string, T[]>();
  for (const one of graded) {
    const value = valueOf(one);
    if (value !== undefined) groups.set(value, [...(groups.get(value) ?? []), one]);
  }
  return new Map(
    [...groups].flatMap(([value, members]) => {
      const accuracy = accuracyOf(members);
      return accuracy === null ? [] : [[value, accuracy] as const];
    }),
  );
}

function groupByQuestion(graded: readonly Graded[]): Map<string, boolean[]> {
  const groups = new Map<string, boolean[]>();
  for (const { questionId, correct } of graded) groups.set(questionId, [...(groups.get(questionId) ?? []), correct]);
  return groups;
}
