import { percent } from "./format.ts";
import type { RunReport } from "./runReport.ts";

/** Smallest share of right probes of a line that a base is said to read; bases of worlds are mended below it. */
const enough = 0.95;

const prefix = "probe/reading/";

/** Lines that were read too seldom where reading was probed: "avoid 6.0 %". */
export function linesHardlyRead(metrics: Readonly<Record<string, number>>): string[] {
  return Object.entries(metrics)
    .filter(([name, share]) => name.startsWith(prefix) && share < enough)
    .map(([name, share]) => `${name.slice(prefix.length)} ${percent(share)}`);
}

/** What the base does not read: what a search shows there is lost on it, and rewards seldom teach reading. */
export function unreadLines({ evaluations }: RunReport): string[] {
  return evaluations
    .filter(({ stage }) => stage === 0)
    .flatMap(({ pool, metrics }) => {
      const lines = linesHardlyRead(metrics);
      return lines.length === 0
        ? []
        : [
            `The base hardly reads some lines (right probes on ${pool}: ${lines.join(", ")}), so that what searches show of them is lost on it. Another world (data.worldSeed) has another base.`,
          ];
    });
}
