import type { Dialect } from "../dialects/dialect.ts";
import type { Finding } from "./finding.ts";

/** A dialect, or why there is none. */
export type Choice =
  | { readonly dialect: Dialect; readonly refused: null }
  | { readonly dialect: null; readonly refused: string };

/**
 * The first row that says the same as every finding. Refuses a server with a problem, and one that no row describes: its nearest row is named
 * with what differs.
 */
export function chooseDialect(findings: readonly Finding[], rows: readonly Dialect[]): Choice {
  const problems = findings.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  if (problems.length > 0) return { dialect: null, refused: problems.join("; ") };
  const contradictions = (row: Dialect): Finding[] => findings.filter(({ fits }) => fits !== undefined && !fits(row));
  const fitting = rows.find((row) => contradictions(row).length === 0);
  if (fitting !== undefined) return { dialect: fitting, refused: null };
  const nearest = rows.toSorted((a, b) => contradictions(a).length - contradictions(b).length)[0];
  const differing = nearest === undefined ? [] : contradictions(nearest);
  const words = differing.map(({ probe, found }) => `${probe}: ${found}`).join("; ");
  return {
    dialect: null,
    refused: `no known dialect behaves like it; the nearest, ${nearest?.name ?? "none"}, differs in ${words}`,
  };
}
