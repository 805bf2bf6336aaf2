import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { learnBytePairs } from "../../../src/coldStart/bytePairs.ts";
import { runningTokens } from "../../../src/coldStart/runningTokens.ts";
import { trainTokenizer } from "../../../src/coldStart/tokenizerFile.ts";
import { openCorpus } from "../../../src/corpus/openCorpus.ts";
import { indexPassages } from "../../../src/corpus/indexer.ts";
import { indexFiles } from "../../../src/corpus/indexFiles.ts";
import { IndexRequest } from "../../../src/corpus/indexRequest.ts";
import type { Passage } from "../../../src/domain/passage.ts";
import { madeCorpus } from "../madeCorpus.ts";
import { times, type ScalingCase } from "./case.ts";
import { englishCorpus } from "../../../src/tasks/medical/medicalCorpus.ts";

const made = madeCorpus(1);

async function* passages(rows: number): AsyncIterable<Passage> {
  for (let index = 0; index < rows; index++) yield made.passage(index);
}

/** The passages are made beforehand: that is not what is measured. */
async function listed(rows: number): Promise<() => AsyncIterable<Passage>> {
  const all: Passage[] = [];
  for await (const passage of passages(rows)) all.push(passage);
  return async function* () {
    yield* all;
  };
}

export const indexingCases: readonly ScalingCase[] = [
  {
    name: "index",
    prepare: async (folder, rows) => {
      const all = await listed(rows);
      return () => indexPassages(join(folder, "corpus"), all(), { settings: englishCorpus });
    },
  },
  {
    name: "index-again",
    prepare: async (folder, rows) => {
      const all = await listed(rows);
      await indexPassages(join(folder, "corpus"), all(), { settings: englishCorpus });
      return () => indexPassages(join(folder, "corpus"), all(), { settings: englishCorpus });
    },
  },
  {
    name: "index-files",
    prepare: async (folder, rows) => {
      await writeFile(
        join(folder, "documents.jsonl"),
        times(rows, (index) => {
          const { id, title, text } = made.passage(index);
          return `${JSON.stringify({ id, title, content: text })}\n`;
        }).join(""),
      );
      const request = IndexRequest.parse({ files: join(folder, "documents.jsonl"), corpus: join(folder, "corpus") });
      return () => indexFiles(join(folder, "work"), request);
    },
  },
  {
    name: "open-and-search",
    prepare: async (folder, rows) => {
      await indexPassages(join(folder, "corpus"), passages(rows), { settings: englishCorpus });
      return async () => {
        const corpus = await openCorpus(join(folder, "corpus"));
        await corpus.search(
          times(100, (index) => made.query(index).text),
          5,
        );
        corpus.close();
      };
    },
  },
  {
    name: "learn-tokenizer",
    prepare: async (_, rows) => {
      const texts = times(rows, (index) => made.passage(index).text);
      return async () => learnBytePairs(texts, 1000);
    },
  },
  {
    name: "encode-running-text",
    prepare: async (_, rows) => {
      const texts = times(rows, (index) => made.passage(index).text);
      const trained = trainTokenizer(texts.slice(0, 1000), 1000);
      return async () => runningTokens(texts, trained);
    },
  },
];
