import { connect, MatchQuery } from "@lancedb/lancedb";
import type { Table } from "@lancedb/lancedb";
import { evidenceBands } from "../domain/evidence.ts";
import type { Passage, PassageSearch, RankedPassage } from "../domain/passage.ts";
import { mapConcurrently } from "./concurrency.ts";
import { readManifest } from "./manifest.ts";
import type { CorpusManifest } from "./manifest.ts";
import { parseQuery } from "./query.ts";
import type { ParsedQuery } from "./query.ts";
import { bestRanked } from "./ranking.ts";
import { ResultCache } from "./resultCache.ts";
import { passageColumns, passageTableName, readRow } from "./table.ts";

/** Queries in flight at once; LanceDB gains nothing from more on a small machine. */
const concurrentQueries = 8;
const cachedResults = 50_000;

/** An indexed corpus at one version of its table: what a run searches does not change under it. */
export interface Corpus extends PassageSearch {
  readonly manifest: CorpusManifest;
  /** Frees the table; idempotent. */
  close(): void;
}

/** Opens the corpus that `indexPassages` completed in `folder`. */
export async function openCorpus(folder: string): Promise<Corpus> {
  const manifest = await readManifest(folder);
  if (manifest === null) throw new Error(`no complete corpus in ${folder}; index the passages first`);
  const table = await (await connect(folder)).openTable(passageTableName);
  await table.checkout(manifest.tableVersion);
  const cache = new ResultCache<readonly RankedPassage[]>(cachedResults);
  const { evidenceWords } = manifest.settings;
  const searchOne = (query: string, topN: number): Promise<readonly RankedPassage[]> =>
    cache.get(`${topN} ${query}`, () => fullTextSearch(table, parseQuery(query, evidenceWords), topN));
  return {
    manifest,
    search: (queries, topN) => mapConcurrently(queries, concurrentQueries, (query) => searchOne(query, topN)),
    passages: (ids) => passagesById(table, ids),
    close: () => table.close(),
  };
}

async function fullTextSearch(table: Table, { text, band }: ParsedQuery, topN: number): Promise<readonly RankedPassage[]> {
  if (text === "" || topN === 0) return [];
  return bestRanked(topN, async (limit) => {
    const query = table.query().fullTextSearch(new MatchQuery(text, "searched")).select([...passageColumns, "_score"]).limit(limit);
    if (band !== null) query.where(`evidenceLevel >= ${evidenceBands[band].lowest} AND evidenceLevel <= ${evidenceBands[band].highest}`);
    return (await query.toArray()).map(readRow);
  });
}

async function passagesById(table: Table, ids: readonly string[]): Promise<readonly Passage[]> {
  if (ids.length === 0) return [];
  const list = [...new Set(ids)].map((id) => `'${id.replaceAll("'", "''")}'`).join(", ");
  const rows = await table.query().where(`id IN (${list})`).select(passageColumns).toArray();
  const found = new Map(rows.map((row) => readRow(row).passage).map((passage) => [passage.id, passage]));
  return ids.map((id) => {
    const passage = found.get(id);
    if (passage === undefined) throw new RangeError(`no passage with id ${id} in this corpus`);
    return passage;
  });
}
