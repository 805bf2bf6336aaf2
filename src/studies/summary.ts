import { armRow } from "./armRows.ts";
import { comparisonRows } from "./comparisonRows.ts";
import { learningRow } from "./learningRows.ts";
import { lowEndRows } from "./lowEndRows.ts";
import type { WorldBootstrapOptions } from "./statistics/worldBootstrap.ts";
import { endPools, heldOutPools, regimesOf } from "./studyCells.ts";
import type { StudyCell, StudyResult } from "./studyResult.ts";
import type { ArmRow, LearningRow, StudySummary } from "./summaryTypes.ts";

/** Enough for the ends of an interval of 95 % over few worlds. */
const resamples = 4000;

/** The figures of a study, finished or not; nothing that is missing is left out silently. Yields to the event loop. */
export async function summarise(result: StudyResult): Promise<StudySummary> {
  const { study, cells } = result;
  const options: WorldBootstrapOptions = { confidence: study.confidence, resamples, seed: ["study"] };
  const pools = endPools(result);
  const arms: ArmRow[] = [];
  const learning: LearningRow[] = [];
  for (const { name: arm } of study.arms) {
    const armCells = cells.filter((cell) => cell.arm === arm);
    const cellsIn = (regime: string): StudyCell[] => armCells.filter((cell) => cell.regime === regime);
    for (const pool of pools)
      for (const regime of regimesOf(result, [arm], pool))
        arms.push(await armRow(cellsIn(regime), { arm, regime, pool }, options));
    for (const regime of regimesOf(result, [arm], null))
      learning.push(await learningRow(cellsIn(regime), { arm, regime, ceiling: 1 }, options));
  }
  return {
    name: result.name,
    studyHash: result.studyHash,
    question: study.question,
    confidence: study.confidence,
    resamples,
    counts: result.counts,
    notes: result.notes,
    pools: heldOutPools(result),
    arms,
    learning,
    comparisons: await comparisonRows(result, options),
    lowEnds: await lowEndRows(result, options),
  };
}

export { summaryLines } from "./summaryLines.ts";
export type { StudySummary } from "./summaryTypes.ts";
