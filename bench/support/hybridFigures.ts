import { measureRetrieval, summarise, type QuestionRetrieval } from "../../src/evaluation/measureRetrieval.ts";
import { openCorpus } from "../../src/corpus/openCorpus.ts";
import { openEmbedder, type Embedder } from "../../src/corpus/embedding/embedder.ts";
import { indexPassages } from "../../src/corpus/indexer.ts";
import { englishCorpus } from "../../src/tasks/medical/medicalCorpus.ts";
import { searchedText } from "../../src/corpus/passageSchema.ts";
import { pairedBootstrap, type ClusteredValue } from "../../src/evaluation/statistics.ts";
import type { Passage, PassageSearch } from "../../src/domain/passage.ts";
import type { Question } from "../../src/domain/question.ts";
import type { Figure } from "../harness.ts";
import { beside, qualityFigure, stream } from "./retrievalFigures.ts";
import { trainedEncoder } from "./trainedEncoder.ts";

const measures = [
  ["recall", "recall"],
  ["mrr", "reciprocalRank"],
  ["ndcg", "ndcg"],
] as const;

/** Hybrid search with a trained encoder, and its parts: full text alone and vectors alone. */
export async function* hybridFigures(
  folder: string,
  abstracts: readonly Passage[],
  questions: readonly Question[],
  depths: readonly number[],
): AsyncGenerator<Figure> {
  const embedder = await openEmbedder({ folder: trainedEncoder(), threads: 2 });
  try {
    await indexPassages(folder, stream(abstracts), { settings: englishCorpus, embedder });
    const [hybrid, text, vectors] = [
      await openCorpus(folder, { embedder }),
      await openCorpus(folder),
      await vectorSearch(embedder, abstracts),
    ];
    for (const k of depths) {
      const parts = {
        text: await measureRetrieval(text, questions, k),
        vectors: await measureRetrieval(vectors, questions, k),
      };
      yield* figuresAt(k, await measureRetrieval(hybrid, questions, k), parts);
    }
    hybrid.close();
    text.close();
  } finally {
    await embedder.close();
  }
}

/** The parts, the hybrid beside the better of them, and the mean difference of the two on the same questions with its 95 % interval. */
async function* figuresAt(
  k: number,
  hybrid: readonly QuestionRetrieval[],
  parts: Record<"text" | "vectors", readonly QuestionRetrieval[]>,
): AsyncIterable<Figure> {
  for (const [name, measure] of measures) {
    const mean = (results: readonly QuestionRetrieval[]): number => summarise(results, measure).mean;
    const values = (results: readonly QuestionRetrieval[]): ClusteredValue[] =>
      results.map((result) => ({ cluster: result.question.cluster, value: result[measure] }));
    const better = mean(parts.text) >= mean(parts.vectors) ? parts.text : parts.vectors;
    for (const [part, results] of Object.entries(parts))
      yield qualityFigure(`retrieval-quality/${part}-${name}@${k}`, results, measure);
    yield beside(qualityFigure(`retrieval-quality/hybrid-${name}@${k}`, hybrid, measure), better, measure);
    const difference = await pairedBootstrap(values(better), values(hybrid), { confidence: 0.95 });
    yield {
      name: `retrieval-quality/hybrid-minus-better-part-${name}@${k}`,
      value: difference.mean,
      unit: "share",
      n: hybrid.length,
      low: difference.low,
      high: difference.high,
    };
  }
}

/** Exact search by vectors alone. */
async function vectorSearch(embedder: Embedder, abstracts: readonly Passage[]): Promise<Pick<PassageSearch, "search">> {
  const stored = await embedder.embed(abstracts.map((passage) => searchedText(passage, englishCorpus)));
  return {
    search: async (queries, topN) => {
      const asked = await embedder.embedQueries(queries);
      return asked.map((query) =>
        abstracts
          .map((passage, index) => ({ passage, score: dot(query, stored[index] ?? query) }))
          .toSorted((a, b) => b.score - a.score)
          .slice(0, topN),
      );
    },
  };
}

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
