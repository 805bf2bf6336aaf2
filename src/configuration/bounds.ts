/** An upper bound of a setting and its reason, for zod's `max`: a slip of the hand must not fill memory, disk or a budget. */
export function most(limit: number, because: string): [number, string] {
  return [limit, `expected at most ${limit}: ${because}`];
}

/** Whole numbers beyond this are not exact. */
export const largestSeed = most(Number.MAX_SAFE_INTEGER, "larger whole numbers are not exact");
/** No model has a longer context. */
export const longestText = most(2 ** 20, "no model reads more tokens at once");
export const mostQuestions = most(1_000_000, "no data set of the field has more questions");
export const mostIterations = most(1_000_000, "a stage of this length would take years");
export const largestWeight = most(1000, "parts of a reward lie between 0 and 1, and weights between 0 and a few");
/** Of a run: the stages' iterations together. */
export const mostSteps = most(3_000_000, "no run has more steps");
