import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { evidenceConfusion } from "../src/tasks/medical/grading/evidenceConfusion.ts";
import { documentOf, openPubMedQa, readPubMedQa } from "../src/benchmarks/pubmedqa.ts";
import { measureRetrieval, type QuestionRetrieval } from "../src/evaluation/measureRetrieval.ts";
import { measureRanking } from "../src/evaluation/retrievalMeasures.ts";
import { chunkDocument } from "../src/corpus/chunker.ts";
import { openCorpus } from "../src/corpus/openCorpus.ts";
import { indexPassages } from "../src/corpus/indexer.ts";
import type { Passage } from "../src/domain/passage.ts";
import type { Question } from "../src/domain/question.ts";
import type { Figure } from "./harness.ts";
import { startPeer } from "./peers/peer.ts";
import { chinesePassages, chineseQueries } from "./support/chineseCorpus.ts";
import { hybridFigures } from "./support/hybridFigures.ts";
import { beside, qualityFigure, stream } from "./support/retrievalFigures.ts";
import { englishCorpus } from "../src/tasks/medical/medicalCorpus.ts";

const data = process.env["MED_R3_PUBMEDQA"] ?? fileURLToPath(new URL("../../shared/data/pubmedqa", import.meta.url));
const depths = [1, 5, 10];
/** More words than any abstract has: each is one passage, as for the peer. */
const wholeAbstract = { maxTokens: 1_000_000, overlapTokens: 0 };

/** PubMedQA's questions among all the abstracts of the file: how well each finds its own, beside bm25s with stemming. */
export async function* bench(): AsyncGenerator<Figure> {
  const items = await readPubMedQa(data, () => undefined);
  const dataset = await openPubMedQa(data);
  const questions = [dataset.training, dataset.validation, ...dataset.evaluation.map((pool) => pool.questions)].flat();
  const abstracts = items
    .map(documentOf)
    .flatMap((document) =>
      chunkDocument(
        { ...document, sections: [{ heading: null, text: document.sections.map(({ text }) => text).join("\n") }] },
        wholeAbstract,
      ),
    );
  const folder = await mkdtemp(join(tmpdir(), "med-r3-retrieval-"));
  try {
    const peer = await rankByPeer(abstracts, questions);
    yield* compareFigures(
      "retrieval-quality",
      await measure(join(folder, "abstracts"), stream(abstracts), questions),
      peer,
    );
    yield* chineseFigures(join(folder, "chinese"));
    yield* hybridFigures(join(folder, "hybrid"), abstracts, questions, depths);
    const chunks = await measure(join(folder, "chunks"), dataset.passages(), questions);
    for (const [k, results] of chunks) yield qualityFigure(`retrieval-quality/passages-recall@${k}`, results, "recall");
    const { right, documents, cells } = evidenceConfusion(items);
    yield { name: "retrieval-quality/evidence-level", value: right / documents, unit: "share right", n: documents };
    for (const [cell, count] of [...cells].toSorted(([a], [b]) => a.localeCompare(b)))
      yield { name: `retrieval-quality/evidence-level-${cell}`, value: count, unit: "documents" };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Results = ReadonlyMap<number, readonly QuestionRetrieval[]>;

async function measure(
  folder: string,
  passages: AsyncIterable<Passage>,
  questions: readonly Question[],
): Promise<Results> {
  await indexPassages(folder, passages, { settings: englishCorpus });
  const corpus = await openCorpus(folder);
  try {
    const results = new Map<number, readonly QuestionRetrieval[]>();
    for (const k of depths) results.set(k, await measureRetrieval(corpus, questions, k));
    return results;
  } finally {
    corpus.close();
  }
}

/** Strings from inside the sentences of made-up Chinese passages, beside bm25s over pairs of characters, and what the index takes. */
async function* chineseFigures(folder: string): AsyncGenerator<Figure> {
  const passages = chinesePassages(4000);
  const questions = chineseQueries(passages, 400);
  const peer = await rankByPeer(passages, questions, "_pairs");
  yield* compareFigures("retrieval-quality/chinese", await measure(folder, stream(passages), questions), peer);
  const text = passages.reduce((sum, passage) => sum + Buffer.byteLength(passage.text), 0);
  yield {
    name: "retrieval-quality/chinese/bytes-of-corpus-per-byte-of-text",
    value: (await bytesBelow(folder)) / text,
    unit: "ratio",
    n: passages.length,
  };
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function rankByPeer(
  abstracts: readonly Passage[],
  questions: readonly Question[],
  words: "" | "_pairs" = "",
): Promise<Results> {
  const peer = startPeer("retrieval_peer.py", ["requirements.txt", "requirements-retrieval.txt"]);
  try {
    await peer.request(z.number(), `index${words}`, { texts: abstracts.map(({ text }) => text) });
    const ranked = await peer.request(z.array(z.array(z.number())), `rank${words}`, {
      queries: questions.map(({ text }) => text),
      k: Math.max(...depths),
    });
    return new Map(
      depths.map((k) => [
        k,
        questions.map((question, index) => {
          const titles = (ranked[index] ?? []).map((place) => abstracts[place]?.title ?? "");
          return { question, ...measureRanking(titles, question.goldTitles ?? [], k) };
        }),
      ]),
    );
  } finally {
    await peer.close();
  }
}

function* compareFigures(bench: string, ours: Results, peer: Results): Iterable<Figure> {
  for (const k of depths)
    yield beside(qualityFigure(`${bench}/recall@${k}`, ours.get(k) ?? [], "recall"), peer.get(k) ?? [], "recall");
  const deepest = Math.max(...depths);
  yield beside(
    qualityFigure(`${bench}/mrr@${deepest}`, ours.get(deepest) ?? [], "reciprocalRank"),
    peer.get(deepest) ?? [],
    "reciprocalRank",
  );
  yield beside(
    qualityFigure(`${bench}/ndcg@${deepest}`, ours.get(deepest) ?? [], "ndcg"),
    peer.get(deepest) ?? [],
    "ndcg",
  );
}
