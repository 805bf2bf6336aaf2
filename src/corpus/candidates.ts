import { MatchQuery } from "@lancedb/lancedb";
import type { Table } from "@lancedb/lancedb";
import { z } from "zod";
import type { Passage } from "../domain/passage.ts";
import { findContenders } from "./ranking.ts";
import type { PassageRows } from "./passageRows.ts";
import { byScore } from "./fusion.ts";
import type { RankedId } from "./fusion.ts";

/** A passage with its score. */
export interface RankedPassageId extends RankedId {
  readonly passage: Passage;
}

/** Passages by BM25, best first, ties by id. `condition` is SQL. */
export async function textCandidates(table: Table, rows: PassageRows, text: string, topN: number, condition: string | null): Promise<readonly RankedPassageId[]> {
  if (text === "" || topN === 0) return [];
  const contenders = await findContenders(topN, async (limit) => {
    const query = table.query().fullTextSearch(new MatchQuery(text, "searched")).select(["_score"]).withRowId().limit(limit);
    if (condition !== null) query.where(condition);
    return z.array(MatchingRow).parse(await query.toArray()).map(({ _rowid: row, _score: score }) => ({ row, score }));
  });
  const passages = await rows.read(contenders.map(({ row }) => row));
  const ranked = contenders.flatMap(({ row, score }) => {
    const passage = passages.get(row);
    return passage === undefined ? [] : [{ id: passage.id, score, passage }];
  });
  return ranked.toSorted(byScore).slice(0, topN);
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
