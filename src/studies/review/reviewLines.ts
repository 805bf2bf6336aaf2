import type { AgreementInterval } from "../statistics/agreementInterval.ts";
import type { ReviewResult } from "./reviewResult.ts";

/** "0.71 (0.52 to 0.86)". */
export function agreementText({ value, low, high }: AgreementInterval): string {
  if (value === null) return "cannot be said";
  return low === null || high === null
    ? `${value.toFixed(2)} (no interval)`
    : `${value.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

/** What the terminal shows of an imported review. */
export function reviewLines({ raters, agreement, arms, grader, rows }: ReviewResult): string[] {
  return [
    `${raters.length} raters (${raters.join(", ")}), ${rows.length} trajectories; agrees with the grader in ${grader.agreed} of ${grader.compared} ratings`,
    ...agreement.map(
      ({ item, alpha, kappa, cannotTell }) =>
        `${item}: alpha ${agreementText(alpha)}${kappa === null ? "" : `, kappa ${agreementText(kappa)}`}, could not tell ${cannotTell}`,
    ),
    ...arms.map(
      ({ arm, item, counts }) =>
        `${arm}, ${item}: ${Object.entries(counts)
          .map(([name, count]) => `${name} ${count}`)
          .join(", ")}`,
    ),
  ];
}
