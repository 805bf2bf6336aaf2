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
    return rows.map((row) => ({ ...readScore(TextRow.parse(row)), row }));
  });
}

/** Ids by inner product, best first, ties by id. */
export async function vectorCandidates(
  table: Table, vector: Float32Array, topN: number, condition: string | null, probes: number | null,
): Promise<readonly RankedId[]> {
  return bestRanked(topN, async (limit) => {
    const query = table.vectorSearch(vector).distanceType("dot").select(["id", "_distance"]).limit(limit);
    if (condition !== null) query.where(condition);
    if (probes === null) query.bypassVectorIndex();
    else query.nprobes(probes);
    const rows: unknown[] = await query.toArray();
    return rows.map((row) => readDistance(VectorRow.parse(row)));
  });
}

const TextRow = z.object({ id: z.string(), _score: z.number() });
const VectorRow = z.object({ id: z.string(), _distance: z.number() });

function readScore({ id, _score }: z.infer<typeof TextRow>): RankedId {
  return { id, score: _score };
}

function readDistance({ id, _distance }: z.infer<typeof VectorRow>): RankedId {
  return { id, score: -_distance };
}
