import type { Connection, Table } from "@lancedb/lancedb";
import type { Passage, PassageSearch, RankedPassage } from "../domain/passage.ts";
import { hybridCandidates, textCandidates } from "./candidates.ts";
import { mapConcurrently } from "./concurrency.ts";
import { CorpusError } from "./corpusError.ts";
import { filterCondition, quoted } from "./filter.ts";
import type { SearchFilter } from "./filter.ts";
import { byScore, fuseRanks } from "./fusion.ts";
import { readManifestOf } from "./manifest.ts";
import type { Reranker } from "./embedding/crossEncoder.ts";
import type { CorpusManifest } from "./manifest.ts";
import { connectCorpus, mayHoldCorpus } from "./place.ts";
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
  /** Reads the first candidates together with the query and ranks them anew; off when left out. */
  readonly reranker?: Pick<Reranker, "scores">;
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

export interface OpenCorpusOptions {
  /** Full text and vectors are fused by `search`; without one full text alone serves. */
  readonly embedder?: QueryEmbedder;
  /** What `search` ranks anew by, and how much it prefers evidence (see SearchRequest). */
  readonly reranker?: Pick<Reranker, "scores">;
  readonly preferEvidence?: number;
  /**
   * Who reads: the first opening under a name tags the table's version, and every later one reads that version, however
   * often the corpus is indexed meanwhile. Letters, digits, dots, hyphens and underscores.
   */
  readonly reader?: string;
}

/** Opens the newest version that is complete in `place`, or the one that the reader began with. */
export async function openCorpus(place: string, { embedder, reranker, preferEvidence = 0, reader }: OpenCorpusOptions = {}): Promise<Corpus> {
  const missing = `no complete corpus in ${place}; index it first (npm run index, or the workflow indexCorpus)`;
  if (!(await mayHoldCorpus(place))) throw new CorpusError(missing);
  const connection = await connectCorpus(place);
  const newest = await readManifestOf(connection, place);
  if (newest === null) throw new CorpusError(missing);
  const table = await connection.openTable(passageTableName);
  const manifest = reader === undefined ? newest : await pinned(connection, table, place, reader, newest);
  if (embedder !== undefined && manifest.vectors?.model !== embedder.name) {
    throw new CorpusError(`the corpus in ${place} has ${manifest.vectors === null ? "no vectors" : `vectors of ${manifest.vectors.model}`}, not of ${embedder.name}; index it again`);
  }
  await table.checkout(manifest.tableVersion);
  const cache = new ResultCache<readonly RankedPassage[]>(cachedResults);
  const rows = new PassageRows(table, manifest.passages);
  const find = (request: SearchRequest): Promise<readonly RankedPassage[]> => findPassages(table, rows, manifest, request);
  const searchOne = (query: string, topN: number): Promise<readonly RankedPassage[]> =>
    cache.get(`${topN} ${query}`, async () => {
      const [vector] = embedder === undefined ? [] : await embedder.embedQueries([parseQuery(query, manifest.settings.evidenceWords).text]);
      return find({ query, topN, preferEvidence, ...(vector !== undefined && { vector }), ...(reranker !== undefined && { reranker }) });
    });
  return {
    manifest,
    search: (queries, topN) => mapConcurrently(queries, concurrentQueries, (query) => searchOne(query, topN)),
    find,
    passages: (ids) => passagesById(table, ids),
    close: () => table.close(),
  };
}

/** The manifest of the version that a reader's tag names; the tag is made where there is none. */
async function pinned(connection: Connection, table: Table, place: string, reader: string, newest: CorpusManifest): Promise<CorpusManifest> {
  const tags = await table.tags();
  const tag = `reader-${reader}`;
  // Of two that make it at once the first counts.
  if (!Object.hasOwn(await tags.list(), tag)) await tags.create(tag, newest.tableVersion).catch(() => undefined);
  const version = await tags.getVersion(tag);
  const manifest = await readManifestOf(connection, place, version);
  if (manifest === null) throw new Error(`the corpus in ${place} has no manifest of version ${version}, which ${reader} reads`);
  return manifest;
}

/** The search, then where it is wanted the reranking of what both lists are fused to. */
async function findPassages(table: Table, rows: PassageRows, manifest: CorpusManifest, request: SearchRequest): Promise<readonly RankedPassage[]> {
  const { query, topN, reranker, preferEvidence = 0, ...search } = request;
  if (reranker === undefined) return retrieve(table, rows, manifest, request);
  const found = await retrieve(table, rows, manifest, { ...search, query, topN: Math.max(topN, fusedCandidates) });
  const scores = await reranker.scores(parseQuery(query, manifest.settings.evidenceWords).text, found.map(({ passage }) => `${passage.title}\n${passage.text}`));
  // Between 0 and 1, so that a preference for evidence has the same sense as before.
  const ranked = found.map(({ passage }, index) => ({ passage, score: 1 / (1 + Math.exp(-(scores[index] ?? 0))) }));
  return preferring(preferEvidence, inOrder(ranked)).slice(0, topN);
}

async function retrieve(table: Table, rows: PassageRows, { settings, vectors }: CorpusManifest, request: SearchRequest): Promise<readonly RankedPassage[]> {
  const { query, topN, vector, filter = {}, preferEvidence = 0 } = request;
  const { text, band } = parseQuery(query, settings.evidenceWords);
  const condition = filterCondition(filter, band);
  const depth = vector === undefined && preferEvidence === 0 ? topN : Math.max(topN, fusedCandidates);
  if (vector === undefined) {
    const found = await textCandidates(table, rows, text, depth, condition);
    return preferring(preferEvidence, found.map(({ passage, score }) => ({ passage, score }))).slice(0, topN);
  }
  if (vectors === null) throw new Error("this corpus has no vectors; index it with an embedder");
  const lists = await hybridCandidates(table, rows, { text, vector, depth, condition, probes: vectors.probes });
  const fused = fuseRanks(lists.map((list) => list.map(String)));
  // Equal scores are told apart by passage id, so all that share the last place's score are read.
  const last = preferEvidence === 0 ? (fused[topN - 1]?.score ?? 0) : 0;
  const candidates = fused.filter(({ score }) => score >= last);
  const passages = await rows.read(candidates.map(({ id }) => BigInt(id)));
  const ranked = candidates.flatMap(({ id, score }) => {
    const passage = passages.get(BigInt(id));
    return passage === undefined ? [] : [{ passage, score }];
  });
  return preferring(preferEvidence, inOrder(ranked)).slice(0, topN);
}

function inOrder(ranked: readonly RankedPassage[]): readonly RankedPassage[] {
  return ranked.toSorted((a, b) => byScore({ id: a.passage.id, score: a.score }, { id: b.passage.id, score: b.score }));
}

/** A ranking after the passages' levels of evidence have had their say. */
function preferring(weight: number, ranked: readonly RankedPassage[]): readonly RankedPassage[] {
  if (weight === 0) return ranked;
  return inOrder(ranked.map(({ passage, score }) => ({ passage, score: score * (1 + (weight * (passage.evidenceLevel ?? 0)) / 9) })));
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
