import { MatchQuery } from "@lancedb/lancedb";
import type { Table } from "@lancedb/lancedb";
import { z } from "zod";
import { bestRanked } from "./ranking.ts";
import type { RankedId } from "./fusion.ts";

/** A ranked id with the row it was read from, which holds the columns asked for. */
export interface RankedRow extends RankedId {
  readonly row: unknown;
}

/** Rows by BM25, best first, ties by id. `condition` is SQL. */
export async function textCandidates(
  table: Table, text: string, topN: number, condition: string | null, columns: readonly string[],
): Promise<readonly RankedRow[]> {
  if (text === "" || topN === 0) return [];
  return bestRanked(topN, async (limit) => {
    const query = table.query().fullTextSearch(new MatchQuery(text, "searched")).select([...columns, "_score"]).limit(limit);
    if (condition !== null) query.where(condition);
    const rows: unknown[] = await query.toArray();
    return rows.map((row) => {
      const { id, _score: score } = TextRow.parse(row);
      return { id, score, row };
    });
  });
}

/** What the parts of a hybrid search are to look for. */
export interface HybridRequest {
  readonly text: string;
  readonly vector: Float32Array;
  /** Depth of each list. */
  readonly depth: number;
  /** SQL. */
  readonly condition: string | null;
  /** Partitions to look into; null compares with every vector. */
  readonly probes: number | null;
}

/** Row ids by BM25 and by inner product, best first. Row ids spare a look-up of each candidate; they are fixed for a table version. */
export async function hybridCandidates(table: Table, { text, vector, depth, condition, probes }: HybridRequest): Promise<readonly (readonly string[])[]> {
  const nearest = table.vectorSearch(vector).distanceType("dot").select(["_distance"]).withRowId().limit(depth);
  if (probes === null) nearest.bypassVectorIndex();
  else nearest.nprobes(probes);
  const matching = table.query().fullTextSearch(new MatchQuery(text, "searched")).select(["_score"]).withRowId().limit(depth);
  if (condition !== null) for (const query of [nearest, matching]) query.where(condition);
  return Promise.all([
    text === "" ? [] : matching.toArray().then((rows: unknown[]) => ranked(rows, "_score", -1)),
    nearest.toArray().then((rows: unknown[]) => ranked(rows, "_distance", 1)),
  ]);
}

const MatchingRow = z.object({ _rowid: z.bigint(), _score: z.number().default(0), _distance: z.number().default(0) });

/** Row ids by a column, ties by row id. */
function ranked(rows: readonly unknown[], column: "_score" | "_distance", direction: 1 | -1): string[] {
  return rows
    .map((row) => MatchingRow.parse(row))
    .toSorted((a, b) => direction * (a[column] - b[column]) || (a._rowid < b._rowid ? -1 : 1))
    .map((row) => String(row._rowid));
}

const TextRow = z.object({ id: z.string(), _score: z.number() });
