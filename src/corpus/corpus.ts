import type { Table } from "@lancedb/lancedb";
import type { Passage, PassageSearch, RankedPassage } from "../domain/passage.ts";
import { hybridCandidates, textCandidates } from "./candidates.ts";
import { mapConcurrently } from "./concurrency.ts";
import { filterCondition, quoted } from "./filter.ts";
import type { SearchFilter } from "./filter.ts";
import { byScore, fuseRanks } from "./fusion.ts";
import { readManifest } from "./manifest.ts";
import type { CorpusManifest } from "./manifest.ts";
import { connectCorpus } from "./place.ts";
import { PassageRows } from "./passageRows.ts";
import { parseQuery } from "./query.ts";
import { ResultCache } from "./resultCache.ts";
import { passageColumns, passageTableName, readPassage } from "./table.ts";

/** Queries in flight at once; LanceDB gains nothing from more on a small machine. */
const concurrentQueries = 8;
const cachedResults = 50_000;
/** Depth to which full text and vectors are fused. */
const fusedCandidates = 50;

/** One search with everything it may ask. */
export interface SearchRequest {
  readonly query: string;
  readonly topN: number;
  /** The query's vector; full text and vectors are then fused. Needs a corpus with vectors. */
  readonly vector?: Float32Array;
  readonly filter?: SearchFilter;
  /** How much a high level of evidence counts beside relevance: scores are multiplied by 1 + this · level ÷ 9. 0 when left out. */
  readonly preferEvidence?: number;
}

/** An indexed corpus at one version of its table: what a run searches does not change under it. */
export interface Corpus extends PassageSearch {
  readonly manifest: CorpusManifest;
  /** One search, not cached. */
  find(request: SearchRequest): Promise<readonly RankedPassage[]>;
  /** Frees the table; idempotent. */
  close(): void;
}

/** Turns queries into vectors, with the model that the corpus' passages were embedded with. */
export interface QueryEmbedder {
  readonly name: string;
  embedQueries(texts: readonly string[]): Promise<Float32Array[]>;
}

/**
 * Opens the corpus that `indexPassages` completed in `folder`. With an embedder, `search` fuses full text and vectors;
 * without one full text alone serves.
 */
export async function openCorpus(folder: string, embedder?: QueryEmbedder): Promise<Corpus> {
  const manifest = await readManifest(folder);
  if (manifest === null) throw new Error(`no complete corpus in ${folder}; index the passages first`);
  if (embedder !== undefined && manifest.vectors?.model !== embedder.name) {
    throw new Error(`the corpus in ${folder} has ${manifest.vectors === null ? "no vectors" : `vectors of ${manifest.vectors.model}`}, not of ${embedder.name}; index it again`);
  }
  const table = await (await connectCorpus(folder)).openTable(passageTableName);
  await table.checkout(manifest.tableVersion);
  const cache = new ResultCache<readonly RankedPassage[]>(cachedResults);
  const rows = new PassageRows(table, manifest.passages);
  const find = (request: SearchRequest): Promise<readonly RankedPassage[]> => findPassages(table, rows, manifest, request);
  const searchOne = (query: string, topN: number): Promise<readonly RankedPassage[]> =>
    cache.get(`${topN} ${query}`, async () => {
      const [vector] = embedder === undefined ? [] : await embedder.embedQueries([parseQuery(query, manifest.settings.evidenceWords).text]);
      return find({ query, topN, ...(vector !== undefined && { vector }) });
    });
  return {
    manifest,
    search: (queries, topN) => mapConcurrently(queries, concurrentQueries, (query) => searchOne(query, topN)),
    find,
    passages: (ids) => passagesById(table, ids),
    close: () => table.close(),
  };
}

async function findPassages(table: Table, rows: PassageRows, { settings, vectors }: CorpusManifest, request: SearchRequest): Promise<readonly RankedPassage[]> {
  const { query, topN, vector, filter = {}, preferEvidence = 0 } = request;
  const { text, band } = parseQuery(query, settings.evidenceWords);
  const condition = filterCondition(filter, band);
  const depth = vector === undefined && preferEvidence === 0 ? topN : Math.max(topN, fusedCandidates);
  if (vector === undefined) {
    const found = await textCandidates(table, rows, text, depth, condition);
    return preferring(preferEvidence, found.map(({ passage, score }) => ({ passage, score }))).slice(0, topN);
  }
  if (vectors === null) throw new Error("this corpus has no vectors; index it with an embedder");
  const lists = await hybridCandidates(table, { text, vector, depth, condition, probes: vectors.probes });
  const fused = fuseRanks(lists);
  const candidates = preferEvidence === 0 ? fused.slice(0, topN) : fused;
  const passages = await rows.read(candidates.map(({ id }) => BigInt(id)));
  const ranked = candidates.flatMap(({ id, score }) => {
    const passage = passages.get(BigInt(id));
    return passage === undefined ? [] : [{ passage, score }];
  });
  return preferring(preferEvidence, ranked).slice(0, topN);
}

/** A ranking after the passages' levels of evidence have had their say. */
function preferring(weight: number, ranked: readonly RankedPassage[]): readonly RankedPassage[] {
  if (weight === 0) return ranked;
  return ranked
    .map(({ passage, score }) => ({ passage, id: passage.id, score: score * (1 + (weight * (passage.evidenceLevel ?? 0)) / 9) }))
    .toSorted(byScore)
    .map(({ passage, score }) => ({ passage, score }));
}

async function passagesById(table: Table, ids: readonly string[]): Promise<readonly Passage[]> {
  if (ids.length === 0) return [];
  const list = [...new Set(ids)].map(quoted).join(", ");
  const rows = await table.query().where(`id IN (${list})`).select(passageColumns).toArray();
  const found = new Map(rows.map(readPassage).map((passage) => [passage.id, passage]));
  return ids.map((id) => {
    const passage = found.get(id);
    if (passage === undefined) throw new RangeError(`no passage with id ${id} in this corpus`);
    return passage;
  });
}
