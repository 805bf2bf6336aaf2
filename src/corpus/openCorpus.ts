import type { Table } from "@lancedb/lancedb";
import pMap from "p-map";
import type { Passage, PassageSearch, RankedPassage } from "../domain/passage.ts";
import { connectComplete } from "./connectComplete.ts";
import { CorpusError } from "./corpusError.ts";
import { quoted } from "./filter.ts";
import { findPassages } from "./findPassages.ts";
import type { SearchRequest } from "./findPassages.ts";
import type { Reranker } from "./embedding/crossEncoder.ts";
import type { CorpusManifest } from "./manifest.ts";
import { PassageRows } from "./passageRows.ts";
import { parseQuery } from "./query.ts";
import { ResultCache } from "../caching/resultCache.ts";
import { holdsPassages, passageColumns, readPassage } from "./passageSchema.ts";

/** Queries in flight at once; LanceDB gains nothing from more on a small machine. */
const concurrentQueries = 8;
const cachedResults = 50_000;

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
  /** Of the version to read; the newest complete one's when left out. */
  readonly manifest?: CorpusManifest;
}

/** Opens a version of the corpus in `uri`. */
export async function openCorpus(
  uri: string,
  { embedder, reranker, preferEvidence = 0, manifest: wanted }: OpenCorpusOptions = {},
): Promise<Corpus> {
  const { table, newest } = await connectComplete(uri);
  const manifest = wanted ?? newest;
  if (embedder !== undefined && manifest.vectors?.model !== embedder.name) {
    throw new CorpusError(
      `the corpus in ${uri} has ${manifest.vectors === null ? "no vectors" : `vectors of ${manifest.vectors.model}`}, not of ${embedder.name}; index it again`,
    );
  }
  await table.checkout(manifest.tableVersion);
  if (!(await holdsPassages(table)))
    throw new CorpusError(`the corpus in ${uri} was indexed by an earlier version of this program; index it again`);
  const cache = new ResultCache<readonly RankedPassage[]>(cachedResults);
  const rows = new PassageRows(table, manifest.passages);
  const find = (request: SearchRequest): Promise<readonly RankedPassage[]> =>
    findPassages(table, rows, manifest, request);
  const searchOne = (query: string, topN: number): Promise<readonly RankedPassage[]> =>
    cache.get(`${topN} ${query}`, async () => {
      const [vector] =
        embedder === undefined ? [] : await embedder.embedQueries([parseQuery(query, manifest.settings).text]);
      return find({
        query,
        topN,
        preferEvidence,
        ...(vector !== undefined && { vector }),
        ...(reranker !== undefined && { reranker }),
      });
    });
  return {
    manifest,
    scale: manifest.settings.scale,
    search: (queries, topN) => pMap(queries, (query) => searchOne(query, topN), { concurrency: concurrentQueries }),
    find,
    passages: (ids) => passagesById(table, ids),
    close: () => table.close(),
  };
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
