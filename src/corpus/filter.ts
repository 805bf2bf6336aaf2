import { z } from "zod";
import type { LevelRange } from "../domain/evidenceScale.ts";

/** What passages must be to be found; a passage whose field is unknown is not found by a filter on it. */
export const SearchFilter = z.strictObject({
  lowestLevel: z.number().int().min(1).optional(),
  highestLevel: z.number().int().min(1).optional(),
  fromYear: z.number().int().optional(),
  toYear: z.number().int().optional(),
  sources: z.array(z.string()).min(1).optional(),
});
export type SearchFilter = z.infer<typeof SearchFilter>;

/** The filter, and the levels of the band that a query names, as an SQL condition; null when nothing is filtered. */
export function filterCondition(filter: SearchFilter, band: LevelRange | null): string | null {
  const conditions = [
    atLeast("evidenceLevel", filter.lowestLevel),
    atMost("evidenceLevel", filter.highestLevel),
    atLeast("evidenceLevel", band?.lowest),
    atMost("evidenceLevel", band?.highest),
    atLeast("year", filter.fromYear),
    atMost("year", filter.toYear),
    filter.sources === undefined ? null : `source IN (${filter.sources.map(quoted).join(", ")})`,
  ].filter((condition) => condition !== null);
  return conditions.length === 0 ? null : conditions.join(" AND ");
}

/** A text as an SQL literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function atLeast(column: string, value: number | undefined): string | null {
  return value === undefined ? null : `${column} >= ${value}`;
}

function atMost(column: string, value: number | undefined): string | null {
  return value === undefined ? null : `${column} <= ${value}`;
}
