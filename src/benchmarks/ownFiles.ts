import { stat } from "node:fs/promises";
import { passagesOfFiles } from "../corpus/passages.ts";
import { corpusFiles } from "../corpus/readers/read.ts";
import type { Dataset } from "../domain/dataset.ts";
import type { Question } from "../domain/question.ts";
import { textExtractor } from "../rewards/extraction/textExtractor.ts";
import type { FilesSettings } from "../tasks/files/filesSettings.ts";
import { inThread } from "../threads/job.ts";
import { job } from "./ownSplits.ts";
import { dataFiles } from "./rows.ts";
import type { SplitName, SplitPart } from "./ownSplits.ts";

/** Bytes of questions from which reading them is work for a thread; below, starting one takes longer. */
const threadBytes = 500_000;

/** A user's own questions and corpus, or a public benchmark with a corpus of one's choice. */
export async function openOwnFiles(data: FilesSettings): Promise<Dataset> {
  const questions: Record<SplitName, Question[]> = { training: [], validation: [], evaluation: [] };
  let rest: Pick<Extract<SplitPart, { fingerprint: string }>, "hasGraphs" | "fingerprint" | "notes"> = {
    hasGraphs: false,
    fingerprint: "",
    notes: [],
  };
  for await (const part of await splitsOf(data)) {
    if ("split" in part) for (const question of part.questions) questions[part.split].push(question);
    else rest = part;
  }
  const files = await corpusFiles(data.corpus);
  return {
    name: "files",
    training: questions.training,
    validation: questions.validation,
    evaluation: [{ name: "held-out-questions", questions: questions.evaluation }],
    // Damaged records stand in the corpus' table of rejects; too many of them are an error.
    passages: () => passagesOfFiles(files, { onReject: () => undefined }),
    extractor: rest.hasGraphs ? textExtractor : null,
    fingerprint: rest.fingerprint,
    notes: rest.notes,
  };
}

async function splitsOf(data: FilesSettings): Promise<AsyncIterable<SplitPart>> {
  return (await bytesAt(data.questions)) > threadBytes
    ? inThread<SplitPart>(new URL("./ownSplits.ts", import.meta.url), data)
    : job(data);
}

/** Bytes of a file, or of all data files below a folder. */
async function bytesAt(path: string): Promise<number> {
  const sizes = await Promise.all((await dataFiles(path)).map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
