import { expect, test } from "vitest";
import type { NightlyComparison } from "../../src/evaluation/nightlyComparison.ts";
import { renderRegressionReport } from "../../src/report/regressionReport.ts";

function night(date: string, mean: number, changes: Partial<NightlyComparison> = {}): NightlyComparison {
  return {
    run: "mine",
    pool: "held-out",
    night: date,
    step: 8,
    accuracy: { mean, low: mean - 0.1, high: mean + 0.1 },
    ungraded: 0,
    change: null,
    regression: false,
    ...changes,
  };
}

const fall = { change: { since: "2026-11-20", mean: -0.2, low: -0.3, high: -0.1 }, regression: true };

test("nights stand at their dates with their intervals, a gap included", () => {
  const page = renderRegressionReport([night("2026-11-01", 0.5), night("2026-11-02", 0.6), night("2026-11-21", 0.7)]);
  expect(page).toContain(">2026-11-08</text>");
  expect(page.match(/class="whisker/gu)).toHaveLength(3);
  expect(page).toContain("70.0 % (60.0 % to 80.0 %)");
});

test("the newest night's regressions come first, those before are counted", () => {
  const page = renderRegressionReport([
    night("2026-11-20", 0.7),
    night("2026-11-21", 0.5, fall),
    night("2026-11-20", 0.7, { pool: "other" }),
    night("2026-11-21", 0.7, { pool: "other" }),
  ]);
  expect(page.indexOf("Regression on 2026-11-21: mine, held-out, −20.0 points")).toBeGreaterThan(0);
  expect(page).toContain(
    "1 of 2 evaluations in the newest nightly evaluation, 2026-11-21, got worse; 0 in earlier ones",
  );
  expect(renderRegressionReport([night("2026-11-20", 0.5, fall), night("2026-11-21", 0.5)])).toContain(
    "0 of 1 evaluation in the newest nightly evaluation, 2026-11-21, got worse; 1 in earlier ones",
  );
});

test("it is readable on a phone, and says when there is nothing yet", () => {
  expect(renderRegressionReport([])).toContain("There has been no nightly evaluation yet");
  expect(renderRegressionReport([])).toContain('name="viewport"');
});
