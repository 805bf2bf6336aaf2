/** How an answer is judged (docs/method.md#rewards): 2 = right, 1 = partly right, 0 = wrong. */
export type Verdict = 0 | 1 | 2;
