import { compositeDefinitions, rewardDefinitions } from "../rewards/composition.ts";
import type { RunReport } from "./runReport.ts";

/** Whether a reward had no value in any iteration, though answers passed the format gate. */
export function isNeverScored({ iterations }: Pick<RunReport, "iterations">, name: string): boolean {
  const has = (metric: string): boolean => iterations.some(({ metrics }) => metrics[metric] !== undefined);
  return has(`unscored/${name}`) && !has(`reward/${name}`);
}

/** The project's own rewards that were never scored, each with what it says of null. Those of extensions stand under health. */
export function neverScoredNotes(report: Pick<RunReport, "iterations">): string[] {
  return [...rewardDefinitions, ...compositeDefinitions]
    .filter(({ name }) => isNeverScored(report, name))
    .map(
      ({ name, nullMeans }) =>
        `The reward “${name}” was never scored: ${nullMeans}. It is left out of means and counts as nothing.`,
    );
}
