import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { openEmbedder, type Embedder } from "../src/corpus/embedding/embedder.ts";
import { indexPassages } from "../src/corpus/indexer.ts";
import { englishCorpus } from "../src/tasks/medical/medicalCorpus.ts";
import type { Passage } from "../src/domain/passage.ts";
import { compare, type Figure } from "./harness.ts";
import { startPeer, type Peer } from "./peers/peer.ts";
import { madeCorpus } from "./support/madeCorpus.ts";
import { trainedEncoder } from "./support/trainedEncoder.ts";

const embeddedPassages = 200;
const threads = 2;

/** Passages a second, embedded by all-MiniLM-L6-v2, beside sentence-transformers with Python's LanceDB. */
export async function* bench(): AsyncGenerator<Figure> {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-index-"));
  const made = madeCorpus(1);
  const passages = Array.from({ length: embeddedPassages }, (_, index) => made.passage(index));
  const model = trainedEncoder();
  const embedder = await openEmbedder({ folder: model, threads });
  const peer = startPeer("index_peer.py", ["requirements.txt", "requirements-retrieval.txt"]);
  try {
    for (const backend of ["torch", "onnx"]) {
      await peer.request(z.string(), "load", { folder: model, backend, threads });
      yield {
        name: `index/cosine-${backend}`,
        value: await smallestCosine(peer, embedder, passages.slice(0, 50)),
        unit: "smallest, 1 = equal",
      };
      yield await compareWith(backend, peer, embedder, passages, folder);
    }
  } finally {
    await peer.close();
    await embedder.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function compareWith(
  backend: string,
  peer: Peer,
  embedder: Embedder,
  passages: readonly Passage[],
  folder: string,
): Promise<Figure> {
  const texts = passages.map(({ title, text }) => `${title}\n${text}`);
  let run = 0;
  return compare({
    name: `index/${backend}`,
    unit: "passages/s",
    direction: "higher-is-better",
    ours: async () => {
      const start = performance.now();
      await indexPassages(join(folder, `ours-${backend}-${run++}`), stream(passages), {
        settings: englishCorpus,
        embedder,
      });
      return passages.length / ((performance.now() - start) / 1000);
    },
    peer: async () =>
      passages.length / (await peer.request(z.number(), "index", { texts, folder: join(folder, "theirs") })),
  });
}

async function smallestCosine(peer: Peer, embedder: Embedder, passages: readonly Passage[]): Promise<number> {
  const texts = passages.map(({ text }) => text);
  const [ours, theirs] = [
    await embedder.embed(texts),
    await peer.request(z.array(z.array(z.number())), "embed", { texts }),
  ];
  return Math.min(
    ...ours.map((vector, index) =>
      vector.reduce((sum, value, place) => sum + value * (theirs[index]?.[place] ?? 0), 0),
    ),
  );
}

async function* stream(passages: readonly Passage[]): AsyncIterable<Passage> {
  yield* passages;
}
