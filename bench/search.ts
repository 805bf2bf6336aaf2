import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { mapConcurrently } from "../src/corpus/concurrency.ts";
import { openCorpus, type Corpus } from "../src/corpus/corpus.ts";
import { passageTableName } from "../src/corpus/table.ts";
import { measureRecall } from "../src/corpus/vectorIndex.ts";
import { connectCorpus } from "../src/corpus/place.ts";
import { indexPassages } from "../src/corpus/indexer.ts";
import { readManifest } from "../src/corpus/manifest.ts";
import type { Passage } from "../src/domain/passage.ts";
import { cacheFolder } from "../src/server/executable.ts";
import { median, type Figure } from "./harness.ts";
import { startPeer, type Peer } from "./peers/peer.ts";
import { madeCorpus, type MadeCorpus } from "./support/madeCorpus.ts";

const passages = Number(process.env["MED_R3_BENCH_PASSAGES"] ?? 100_000);
const dimensions = 384;
const topN = 10;
/** Depth to which both sides fuse. */
const candidates = 50;
const queriesOfOneRun = 100;
const pairs = 3;
/** The corpus is made once and kept in the user's cache folder. */
const corpusFolder = join(dirname(cacheFolder(process.env)), "bench", `search-${passages}-${dimensions}`);
const concurrencies = [1, 8, 32];

const HybridRun = z.object({ seconds: z.number(), milliseconds: z.array(z.number()), rankings: z.array(z.array(z.number())) });

/** Hybrid search over a made-up corpus, query vectors given, distinct queries, no cache, beside bm25s and faiss fused in Python. */
export async function* bench(): AsyncGenerator<Figure> {
  const made = madeCorpus(dimensions);
  const folder = await mkdtemp(join(tmpdir(), "med-r3-search-"));
  const peer = startPeer("retrieval_peer.py", ["requirements.txt", "requirements-retrieval.txt"]);
  try {
    await loadPeer(peer, made, folder);
    const corpus = await makeCorpus(made);
    yield { name: "search/recall", value: await recallOf(corpus, made), unit: "share of the exact first ten", n: queriesOfOneRun };
    let used = 0;
    for (const concurrency of concurrencies) {
      const runs: { ours: Run; peer: Run }[] = [];
      // The first pair warms up.
      for (let pair = 0; pair <= pairs; pair++) {
        const queries = Array.from({ length: queriesOfOneRun }, (_, index) => made.query(used + index));
        used += queriesOfOneRun;
        const [ours, theirs] = [await runOurs(corpus, queries, concurrency), await runPeer(peer, queries, concurrency, folder)];
        if (pair > 0) runs.push({ ours, peer: theirs });
      }
      yield* figuresOf(concurrency, runs);
    }
    corpus.close();
  } finally {
    await peer.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Run {
  readonly seconds: number;
  readonly milliseconds: readonly number[];
  /** Indices of passages found. */
  readonly rankings: readonly (readonly number[])[];
}

async function makeCorpus(made: MadeCorpus): Promise<Corpus> {
  if ((await readManifest(corpusFolder)) === null) {
    let next = 0;
    // The indexer asks in the order of the passages.
    const embed = (texts: readonly string[]): Promise<Float32Array[]> => Promise.resolve(texts.map(() => made.vector(next++)));
    await rm(corpusFolder, { recursive: true, force: true });
    await indexPassages(corpusFolder, stream(made), { embedder: { name: "made", dimensions, embed } });
  }
  return openCorpus(corpusFolder);
}

/** Of the vectors' index, against comparing with every vector. */
async function recallOf({ manifest }: Corpus, made: MadeCorpus): Promise<number> {
  const table = await (await connectCorpus(corpusFolder)).openTable(passageTableName);
  await table.checkout(manifest.tableVersion);
  const probes = manifest.vectors?.probes ?? null;
  const queries = Array.from({ length: queriesOfOneRun }, (_, index) => made.query(-1 - index).vector);
  return probes === null ? 1 : measureRecall(table, queries, probes);
}

async function* stream(made: MadeCorpus): AsyncIterable<Passage> {
  for (let index = 0; index < passages; index++) yield made.passage(index);
}

async function loadPeer(peer: Peer, made: MadeCorpus, folder: string): Promise<void> {
  const vectors = new Float32Array(passages * dimensions);
  const texts: string[] = [];
  for (let index = 0; index < passages; index++) {
    vectors.set(made.vector(index), index * dimensions);
    const { title, text } = made.passage(index);
    texts.push(`${title}\n${text}`);
  }
  const path = join(folder, "vectors");
  await writeFile(path, vectors);
  await peer.request(z.number(), "index", { texts });
  await peer.request(z.number(), "load_vectors", { path, dimensions, threads: 2 });
}

type Query = ReturnType<MadeCorpus["query"]>;

async function runOurs(corpus: Corpus, queries: readonly Query[], concurrency: number): Promise<Run> {
  const milliseconds: number[] = [];
  const start = performance.now();
  const found = await mapConcurrently(queries, concurrency, async ({ text, vector }) => {
    const begun = performance.now();
    const result = await corpus.find({ query: text, vector, topN });
    milliseconds.push(performance.now() - begun);
    return result;
  });
  return { seconds: (performance.now() - start) / 1000, milliseconds, rankings: found.map((result) => result.map(({ passage }) => Number(passage.id.slice("made-".length)))) };
}

async function runPeer(peer: Peer, queries: readonly Query[], concurrency: number, folder: string): Promise<Run> {
  const path = join(folder, "queries");
  const vectors = new Float32Array(queries.length * dimensions);
  for (const [index, { vector }] of queries.entries()) vectors.set(vector, index * dimensions);
  await writeFile(path, vectors);
  return peer.request(HybridRun, "hybrid", { queries: queries.map(({ text }) => text), vectors_path: path, dimensions, k: topN, candidates, concurrency });
}

function* figuresOf(concurrency: number, runs: readonly { readonly ours: Run; readonly peer: Run }[]): Iterable<Figure> {
  const rate = (run: Run): number => run.milliseconds.length / run.seconds;
  const ratios = runs.map(({ ours, peer }) => rate(ours) / rate(peer));
  const suffix = concurrency === 8 ? "" : `-${concurrency}`;
  yield {
    name: `search/hybrid${suffix}`, value: median(runs.map(({ ours }) => rate(ours))), unit: "queries/s", peer: median(runs.map(({ peer }) => rate(peer))),
    ratio: median(ratios), n: runs.length, low: Math.min(...ratios), high: Math.max(...ratios),
  };
  for (const share of [0.5, 0.95, 0.99]) {
    const [ours, peer] = [runs.map((run) => quantile(run.ours.milliseconds, share)), runs.map((run) => quantile(run.peer.milliseconds, share))];
    yield { name: `search/hybrid${suffix}-p${share * 100}`, value: median(ours), unit: "ms", peer: median(peer), ratio: median(peer.map((value, index) => value / (ours[index] ?? value))), n: runs.length };
  }
  const overlap = runs.flatMap(({ ours, peer }) => ours.rankings.map((ids, index) => ids.filter((id) => peer.rankings[index]?.includes(id)).length / topN));
  yield { name: `search/hybrid${suffix}-overlap@10`, value: overlap.reduce((sum, value) => sum + value, 0) / overlap.length, unit: "share of the peer's" };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
