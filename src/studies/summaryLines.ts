import { answerOf } from "./report/answer.ts";
import { differenceText, meanText, missingText, shareText } from "./report/wording.ts";
import type { StudySummary } from "./summaryTypes.ts";

/** What the terminal shows at a study's end: the answer, then arms and declared comparisons. */
export function summaryLines(summary: StudySummary): string[] {
  return [
    ...answerOf(summary),
    ...summary.arms.map(
      ({ arm, regime, pool, runs, missing, accuracy, above }) =>
        `${regime}, ${pool}, ${arm}: ${meanText(accuracy)}, above 80 % ${shareText(above)}, ${runs} runs, missing ${missingText(missing)}`,
    ),
    ...summary.comparisons
      .filter(({ basis }) => basis === "updates")
      .map(
        ({ a, b, regime, pool, difference, pairs, missing }) =>
          `${regime ?? "all regimes"}, ${pool ?? ""}, ${a} − ${b}: ${differenceText(difference)} points over ${pairs} pairs, ${missing.length} missing`,
      ),
  ];
}
