import { MatchQuery } from "@lancedb/lancedb";
import type { Query, Table, VectorQuery } from "@lancedb/lancedb";
import type { Passage } from "../domain/passage.ts";
import { byScore } from "./fusion.ts";
import type { RankedId } from "./fusion.ts";
import type { PassageRows } from "./passageRows.ts";
import { findContenders } from "./ranking.ts";

/** A passage with its score. */
export interface RankedPassageId extends RankedId {
  readonly passage: Passage;
}

/** Passages by BM25, best first, ties by id. `condition` is SQL. */
export async function textCandidates(
  table: Table,
  rows: PassageRows,
  text: string,
  topN: number,
  condition: string | null,
): Promise<readonly RankedPassageId[]> {
  if (text === "" || topN === 0) return [];
  const contenders = await findContenders(topN, (limit) =>
    scoredRows(matching(table, text, limit), "_score", condition),
  );
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

/**
 * Row ids by BM25 and by inner product, best first, ties by passage id. Row ids save a look-up for each candidate: only
 * candidates with equal scores are looked up.
 */
export async function hybridCandidates(
  table: Table,
  rows: PassageRows,
  { text, vector, depth, condition, probes }: HybridRequest,
): Promise<readonly (readonly bigint[])[]> {
  const nearest = (limit: number): VectorQuery => {
    const query = table.vectorSearch(vector).distanceType("dot").limit(limit);
    return probes === null ? query.bypassVectorIndex() : query.nprobes(probes);
  };
  return Promise.all([
    text === "" ? [] : bestRows(rows, depth, (limit) => scoredRows(matching(table, text, limit), "_score", condition)),
    bestRows(rows, depth, (limit) => scoredRows(nearest(limit), "_distance", condition)),
  ]);
}

function matching(table: Table, text: string, limit: number): Query {
  return table.query().fullTextSearch(new MatchQuery(text, "searched")).limit(limit);
}

async function bestRows(
  rows: PassageRows,
  depth: number,
  candidates: (limit: number) => Promise<readonly ScoredRow[]>,
): Promise<readonly bigint[]> {
  const contenders = await findContenders(depth, candidates);
  const counts = new Map<number, number>();
  for (const { score } of contenders) counts.set(score, (counts.get(score) ?? 0) + 1);
  const tied = contenders.filter(({ score }) => (counts.get(score) ?? 0) > 1).map(({ row }) => row);
  const ids = await rows.ids(tied);
  return contenders
    .map(({ row, score }) => ({ row, score, id: ids.get(row) ?? "" }))
    .toSorted(byScore)
    .slice(0, depth)
    .map(({ row }) => row);
}

/** A row of a query's result; a higher score is better. */
interface ScoredRow {
  readonly row: bigint;
  readonly score: number;
}

/** Reads columns directly: rows as objects would cost more than the search. */
async function scoredRows(
  query: Query | VectorQuery,
  column: "_score" | "_distance",
  condition: string | null,
): Promise<ScoredRow[]> {
  const rows: ScoredRow[] = [];
  const sign = column === "_score" ? 1 : -1;
  if (condition !== null) query.where(condition);
  for await (const batch of query.select([column]).withRowId()) {
    const [ids, scores] = [batch.getChild("_rowid"), batch.getChild(column)];
    for (let row = 0; row < batch.numRows; row++)
      rows.push({ row: ids?.get(row) as bigint, score: sign * Number(scores?.get(row) ?? 0) });
  }
  return rows;
}
