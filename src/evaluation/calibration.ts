/** How sure a policy was of an answer (0–1), and whether it was right. */
export interface Confidence {
  readonly confidence: number;
  readonly correct: boolean;
}

/** Bins of equal width, as Guo et al. (2017) have them. */
const bins = 10;

/** Mean |accuracy − confidence| over bins, each weighed by its answers (expected calibration error, Guo et al. 2017); null without answers. */
export function calibrationError(answers: readonly Confidence[]): number | null {
  if (answers.length === 0) return null;
  const sums = Array.from({ length: bins }, () => 0);
  for (const { confidence, correct } of answers) {
    const bin = Math.min(bins - 1, Math.floor(confidence * bins));
    sums[bin] = (sums[bin] ?? 0) + (correct ? 1 : 0) - confidence;
  }
  return sums.reduce((sum, difference) => sum + Math.abs(difference), 0) / answers.length;
}

/** Mean squared difference of confidence and being right (Brier 1950); null without answers. */
export function brierScore(answers: readonly Confidence[]): number | null {
  if (answers.length === 0) return null;
  return (
    answers.reduce((sum, { confidence, correct }) => sum + (confidence - (correct ? 1 : 0)) ** 2, 0) / answers.length
  );
}
