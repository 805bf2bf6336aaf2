import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { documentOf, openPubMedQa, readPubMedQa } from "../src/benchmarks/pubmedqa.ts";
import { chunkDocument } from "../src/corpus/chunker.ts";
import { openEmbedder } from "../src/corpus/embedding/embedder.ts";
import { indexPassages } from "../src/corpus/indexer.ts";
import { readManifest } from "../src/corpus/manifest.ts";
import { connectCorpus } from "../src/corpus/corpusUri.ts";
import { passageTableName } from "../src/corpus/passageSchema.ts";
import { measureRecall } from "../src/corpus/vectorIndex.ts";
import type { Figure } from "./harness.ts";
import { stream } from "./support/retrievalFigures.ts";
import { trainedEncoder } from "./support/trainedEncoder.ts";
import { englishCorpus } from "../src/tasks/medical/medicalCorpus.ts";

const data = process.env["MED_R3_PUBMEDQA"] ?? fileURLToPath(new URL("../../shared/data/pubmedqa", import.meta.url));
/** Sentences and parts of long ones, so that there are more passages than are compared one by one. */
const short = { maxTokens: 12, overlapTokens: 0 };

/** What the vectors' index finds of the exact first ten: PubMedQA's sentences, cut short, asked by its questions, embedded by all-MiniLM-L6-v2. */
export async function* bench(): AsyncGenerator<Figure> {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-vector-recall-"));
  const embedder = await openEmbedder({ folder: trainedEncoder(), threads: 2 });
  try {
    const passages = (await readPubMedQa(data, () => undefined))
      .map(documentOf)
      .flatMap((document) => chunkDocument(document, short));
    await indexPassages(folder, stream(passages), { settings: englishCorpus, embedder });
    const vectors = (await readManifest(folder))?.vectors;
    if (vectors?.probes === null || vectors?.probes === undefined)
      throw new Error(`${passages.length} passages are too few for an approximate index`);
    const { evaluation } = await openPubMedQa(data);
    const queries = await embedder.embedQueries(
      evaluation.flatMap(({ questions }) => questions.map(({ text }) => text)),
    );
    const table = await (await connectCorpus(folder)).openTable(passageTableName);
    yield { name: "vector-recall/passages", value: passages.length, unit: "passages" };
    yield { name: "vector-recall/probes", value: vectors.probes, unit: "partitions" };
    yield {
      name: "vector-recall/recall@10",
      value: await measureRecall(table, queries, vectors.probes),
      unit: "share of the exact first ten",
      n: queries.length,
    };
    table.close();
  } finally {
    await embedder.close();
    await rm(folder, { recursive: true, force: true });
  }
}
