import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pMap from "p-map";
import { z } from "zod";
import type { Corpus } from "../src/corpus/openCorpus.ts";
import { median, type Figure } from "./harness.ts";
import { startPeer, type Peer } from "./peers/peer.ts";
import { madeCorpus, type MadeCorpus } from "./support/madeCorpus.ts";
import { madeIndex, openSearchCorpus, type SearchCorpus } from "./support/searchCorpus.ts";

const passages = Number(process.env["MED_R3_BENCH_PASSAGES"] ?? 100_000);
const dimensions = 384;
const topN = 10;
/** Depth to which both sides fuse. */
const candidates = 50;
const queriesOfOneRun = 100;
const pairs = 3;
const concurrencies = [1, 8, 32];

const Run = z.object({
  seconds: z.number(),
  milliseconds: z.array(z.number()),
  rankings: z.array(z.array(z.number())),
});
/** Answers to queries: milliseconds of each, and the indices of the passages found. */
type Run = z.infer<typeof Run>;
type Query = ReturnType<MadeCorpus["query"]>;
/** How the peer answers: by which BM25, several queries in a batch or each in a thread. */
interface PeerWay {
  readonly bm25: "bm25s" | "rank_bm25";
  readonly batched: boolean;
}
type Ask = (queries: readonly Query[], concurrency: number) => Promise<Run>;

/**
 * Hybrid search over a made-up corpus, query vectors given, distinct queries, no cache, beside BM25 and faiss flat fused
 * in Python. Both return passages from memory; the peer answers in whichever of its ways is faster.
 */
export async function* bench(): AsyncGenerator<Figure> {
  const made = madeCorpus(dimensions);
  const folder = await mkdtemp(join(tmpdir(), "med-r3-search-"));
  const peer = startPeer("retrieval_peer.py", ["requirements.txt", "requirements-retrieval.txt"]);
  const search = await openSearchCorpus(made, passages, dimensions);
  const ours: Ask = (queries, concurrency) => runOurs(search.corpus, queries, concurrency);
  const theirs =
    (way: PeerWay): Ask =>
    (queries, concurrency) =>
      runPeer(peer, queries, { ...way, concurrency }, folder);
  const next = queriesOf(made);
  try {
    await loadPeer(peer, made, folder);
    yield* recallFigures(search, next(), ours, theirs({ bm25: "bm25s", batched: true }));
    for (const concurrency of concurrencies) {
      const way = await fasterWay(next, concurrency, theirs);
      yield* compareRuns(
        concurrency === 8 ? "search/hybrid" : `search/hybrid-${concurrency}`,
        concurrency,
        next,
        ours,
        theirs(way),
      );
    }
    await peer.request(z.number(), "load_rank_bm25", {});
    yield* compareRuns("search/hybrid-beside-rank-bm25", 8, next, ours, theirs({ bm25: "rank_bm25", batched: true }));
  } finally {
    search.close();
    await peer.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** New queries at each call. */
function queriesOf(made: MadeCorpus): () => Query[] {
  let used = 0;
  return () => Array.from({ length: queriesOfOneRun }, () => made.query(used++));
}

/** What both sides find of an exact hybrid search's first ten; the peer, exact too, differs where scores are nearly equal. */
async function* recallFigures(
  search: SearchCorpus,
  queries: readonly Query[],
  ours: Ask,
  theirs: Ask,
): AsyncGenerator<Figure> {
  const unit = "share of the exact first ten";
  yield {
    name: "search/recall",
    value: await search.vectorRecall(queries.map(({ vector }) => vector)),
    unit,
    n: queries.length,
  };
  const exact = await pMap(queries, ({ text, vector }) => search.exact(text, vector, topN, candidates), {
    concurrency: 2,
  });
  const share = ({ rankings }: Run): number =>
    rankings.reduce((sum, ids, index) => sum + ids.filter((id) => exact[index]?.includes(id)).length / topN, 0) /
    rankings.length;
  yield {
    name: "search/hybrid-recall@10",
    value: share(await ours(queries, 8)),
    unit,
    peer: share(await theirs(queries, 8)),
    n: queries.length,
  };
}

async function fasterWay(next: () => Query[], concurrency: number, theirs: (way: PeerWay) => Ask): Promise<PeerWay> {
  const [batched, threads] = [true, false].map((value) => ({ bm25: "bm25s", batched: value }) as const) as [
    PeerWay,
    PeerWay,
  ];
  const seconds = async (way: PeerWay): Promise<number> => (await theirs(way)(next(), concurrency)).seconds;
  return (await seconds(batched)) <= (await seconds(threads)) ? batched : threads;
}

async function* compareRuns(
  name: string,
  concurrency: number,
  next: () => Query[],
  ours: Ask,
  theirs: Ask,
): AsyncGenerator<Figure> {
  const runs: { ours: Run; peer: Run }[] = [];
  // The first pair warms up.
  for (let pair = 0; pair <= pairs; pair++) {
    const queries = next();
    const run = { ours: await ours(queries, concurrency), peer: await theirs(queries, concurrency) };
    if (pair > 0) runs.push(run);
  }
  const rate = (run: Run): number => run.milliseconds.length / run.seconds;
  const ratios = runs.map(({ ours: our, peer }) => rate(our) / rate(peer));
  yield {
    name,
    value: median(runs.map((run) => rate(run.ours))),
    unit: "queries/s",
    peer: median(runs.map(({ peer }) => rate(peer))),
    ratio: median(ratios),
    n: runs.length,
    low: Math.min(...ratios),
    high: Math.max(...ratios),
  };
  for (const share of [0.5, 0.95, 0.99]) {
    const [our, peer] = [
      runs.map((run) => quantile(run.ours.milliseconds, share)),
      runs.map((run) => quantile(run.peer.milliseconds, share)),
    ];
    yield {
      name: `${name}-p${share * 100}`,
      value: median(our),
      unit: "ms",
      peer: median(peer),
      ratio: median(peer.map((value, index) => value / (our[index] ?? value))),
      n: runs.length,
    };
  }
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
  await peer.request(z.number(), "load", { texts, path, dimensions, threads: 2 });
}

async function runOurs(corpus: Corpus, queries: readonly Query[], concurrency: number): Promise<Run> {
  const milliseconds: number[] = [];
  const start = performance.now();
  const found = await pMap(
    queries,
    async ({ text, vector }) => {
      const begun = performance.now();
      const result = await corpus.find({ query: text, vector, topN });
      milliseconds.push(performance.now() - begun);
      return result;
    },
    { concurrency },
  );
  return {
    seconds: (performance.now() - start) / 1000,
    milliseconds,
    rankings: found.map((result) => result.map(({ passage }) => madeIndex(passage.id))),
  };
}

async function runPeer(
  peer: Peer,
  queries: readonly Query[],
  way: PeerWay & { readonly concurrency: number },
  folder: string,
): Promise<Run> {
  const path = join(folder, "queries");
  const vectors = new Float32Array(queries.length * dimensions);
  for (const [index, { vector }] of queries.entries()) vectors.set(vector, index * dimensions);
  await writeFile(path, vectors);
  return peer.request(Run, "hybrid", {
    queries: queries.map(({ text }) => text),
    vectors_path: path,
    dimensions,
    k: topN,
    candidates,
    ...way,
  });
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
