import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { createEncoderFolder } from "../src/corpus/embedding/createEncoder.ts";
import { openEmbedder, type Embedder } from "../src/corpus/embedding/embedder.ts";
import { indexPassages } from "../src/corpus/indexer.ts";
import { englishCorpus } from "../src/corpus/settings.ts";
import type { Passage } from "../src/domain/passage.ts";
import { compare, type Figure } from "./harness.ts";
import { startPeer, type Peer } from "./peers/peer.ts";
import { madeCorpus } from "./support/madeCorpus.ts";

const embeddedPassages = 400;
const threads = 2;
const largePassages = Number(process.env["MED_R3_BENCH_PASSAGES"] ?? 1_000_000);

/** The shape of all-MiniLM-L6-v2; weights are random, which costs the same to compute. */
const miniLm = { hiddenSize: 384, intermediateSize: 1536, layers: 6, heads: 12, maximumPositions: 256, pooling: "mean" } as const;

/** Passages a second, embedding included, beside sentence-transformers with Python's LanceDB; and memory over a large corpus. */
export async function* bench(): AsyncGenerator<Figure> {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-index-"));
  const made = madeCorpus(1);
  const passages = Array.from({ length: embeddedPassages }, (_, index) => made.passage(index));
  const words = [...new Set(passages.flatMap(({ text }) => text.split(" ")))].slice(0, 4000);
  const model = join(folder, "model");
  await createEncoderFolder(model, { ...miniLm, words }, "bench");
  const embedder = await openEmbedder({ folder: model, threads });
  const peer = startPeer("index_peer.py", ["requirements.txt", "requirements-retrieval.txt"]);
  try {
    await peer.request(z.string(), "load", { folder: model, backend: "torch", threads });
    yield { name: "index/cosine", value: await smallestCosine(peer, embedder, passages.slice(0, 50)), unit: "smallest, 1 = equal" };
    yield await compareWith(peer, embedder, passages, folder);
    yield* largeCorpus(join(folder, "large"));
  } finally {
    await peer.close();
    await embedder.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function compareWith(peer: Peer, embedder: Embedder, passages: readonly Passage[], folder: string): Promise<Figure> {
  const texts = passages.map(({ title, text }) => `${title}\n${text}`);
  let run = 0;
  return compare({
    name: "index/torch",
    unit: "passages/s",
    direction: "higher-is-better",
    ours: async () => {
      const start = performance.now();
      await indexPassages(join(folder, `ours-${run++}`), stream(passages), { settings: englishCorpus, embedder });
      return passages.length / ((performance.now() - start) / 1000);
    },
    peer: async () => passages.length / (await peer.request(z.number(), "index", { texts, folder: join(folder, "theirs") })),
  });
}

async function smallestCosine(peer: Peer, embedder: Embedder, passages: readonly Passage[]): Promise<number> {
  const texts = passages.map(({ text }) => text);
  const [ours, theirs] = [await embedder.embed(texts), await peer.request(z.array(z.array(z.number())), "embed", { texts })];
  return Math.min(...ours.map((vector, index) => vector.reduce((sum, value, place) => sum + value * (theirs[index]?.[place] ?? 0), 0)));
}

/** A large corpus with full text only: speed and the most memory that this process ever held. */
async function* largeCorpus(folder: string): AsyncGenerator<Figure> {
  const made = madeCorpus(1);
  async function* large(): AsyncIterable<Passage> {
    for (let index = 0; index < largePassages; index++) yield made.passage(index);
  }
  const start = performance.now();
  await indexPassages(folder, large(), { settings: englishCorpus });
  yield { name: "index/full-text", value: largePassages / ((performance.now() - start) / 1000), unit: "passages/s" };
  yield { name: "index/full-text-peak-memory", value: process.resourceUsage().maxRSS / 1024, unit: "MiB" };
}

async function* stream(passages: readonly Passage[]): AsyncIterable<Passage> {
  yield* passages;
}
