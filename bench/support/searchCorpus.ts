import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { hybridCandidates } from "../../src/corpus/candidates.ts";
import { openCorpus, type Corpus } from "../../src/corpus/openCorpus.ts";
import { fuseRanks } from "../../src/corpus/fusion.ts";
import { indexPassages } from "../../src/corpus/indexer.ts";
import { readManifest } from "../../src/corpus/manifest.ts";
import { PassageRows } from "../../src/corpus/passageRows.ts";
import { connectCorpus } from "../../src/corpus/corpusUri.ts";
import { passageTableName } from "../../src/corpus/passageSchema.ts";
import { measureRecall } from "../../src/corpus/vectorIndex.ts";
import type { Passage } from "../../src/domain/passage.ts";
import { cacheFolder } from "../../src/server/executable.ts";
import type { MadeCorpus } from "./madeCorpus.ts";
import { englishCorpus } from "../../src/tasks/medical/medicalCorpus.ts";

/** A made-up corpus, indexed. */
export interface SearchCorpus {
  readonly corpus: Corpus;
  /** Share of the exact first ten by vector that the vectors' index finds. */
  vectorRecall(vectors: readonly Float32Array[]): Promise<number>;
  /** Indices of the passages of an exact hybrid search, with every vector compared. */
  exact(text: string, vector: Float32Array, topN: number, depth: number): Promise<number[]>;
  close(): void;
}

/** Opens the corpus of so many passages; it is indexed once (about half a minute for 100,000) and kept in the user's cache folder. */
export async function openSearchCorpus(made: MadeCorpus, passages: number, dimensions: number): Promise<SearchCorpus> {
  const folder = join(dirname(cacheFolder(process.env) ?? tmpdir()), "bench", `search-${passages}-${dimensions}`);
  if ((await readManifest(folder)) === null) {
    let next = 0;
    // The indexer asks in the order of the passages.
    const embed = (texts: readonly string[]): Promise<Float32Array[]> =>
      Promise.resolve(texts.map(() => made.vector(next++)));
    await rm(folder, { recursive: true, force: true });
    await indexPassages(folder, stream(made, passages), {
      settings: englishCorpus,
      embedder: { name: "made", dimensions, embed },
    });
  }
  const corpus = await openCorpus(folder);
  const table = await (await connectCorpus(folder)).openTable(passageTableName);
  await table.checkout(corpus.manifest.tableVersion);
  const rows = new PassageRows(table, passages);
  const probes = corpus.manifest.vectors?.probes ?? null;
  return {
    corpus,
    vectorRecall: async (vectors) => (probes === null ? 1 : measureRecall(table, vectors, probes)),
    exact: async (text, vector, topN, depth) => {
      const lists = await hybridCandidates(table, rows, { text, vector, depth, condition: null, probes: null });
      const ids = await Promise.all(lists.map(async (list) => [list, await rows.ids(list)] as const));
      return fuseRanks(ids.map(([list, names]) => list.map((row) => names.get(row) ?? "")))
        .slice(0, topN)
        .map(({ id }) => madeIndex(id));
    },
    close: () => {
      corpus.close();
      table.close();
    },
  };
}

/** Index of a made-up passage. */
export function madeIndex(id: string): number {
  return Number(id.slice("made-".length));
}

async function* stream(made: MadeCorpus, passages: number): AsyncIterable<Passage> {
  for (let index = 0; index < passages; index++) yield made.passage(index);
}
