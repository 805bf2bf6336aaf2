import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { defaultChunkSize } from "../corpus/chunker.ts";
import { readPassages } from "../corpus/ingest.ts";
import { corpusFiles } from "../corpus/readers/read.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { readOwnQuestions } from "./ownQuestions.ts";
import type { Dataset } from "../domain/dataset.ts";
import type { Question } from "../domain/question.ts";
import { uniformAt } from "../domain/seed.ts";
import { textExtractor } from "../rewards/extraction/textExtractor.ts";
import { benchmarks } from "./catalogue.ts";
import { findContamination } from "./contamination.ts";

/** Shares of the questions by split; drawn by id, so that more questions never move one. */
const trainingShare = 0.6;
const validationShare = 0.2;

type OwnData = Extract<RunConfiguration["data"], { dataset: "files" }>;

/**
 * A user's own questions and corpus, or a public benchmark with a corpus of one's choice. Held-out questions that training
 * would give away are left out. The corpus' fingerprint is of its files' names, sizes and times.
 */
export async function openOwnFiles({ questions: path, format, corpus }: OwnData): Promise<Dataset> {
  const questions = format === "rows" ? await readOwnQuestions(path) : await benchmarks[format](path);
  const training = within(questions, 0, trainingShare);
  const free = (held: readonly Question[]): Question[] => {
    const given = new Set(findContamination(training, held).map(({ evaluationId }) => evaluationId));
    return held.filter(({ id }) => !given.has(id));
  };
  const files = await corpusFiles(corpus);
  const hasGraphs = questions.some(({ goldFacts, references }) => goldFacts !== null || references.some(({ graph }) => graph !== null));
  return {
    name: "files",
    training,
    validation: free(within(questions, trainingShare, trainingShare + validationShare)),
    evaluation: [{ name: "held-out-questions", questions: free(within(questions, trainingShare + validationShare, 1)) }],
    // Damaged records stand in the corpus' table of rejects; too many of them are an error.
    passages: () => readPassages(files, { onReject: () => undefined }),
    extractor: hasGraphs ? textExtractor : null,
    fingerprint: createHash("sha256").update(JSON.stringify([defaultChunkSize, questions, await Promise.all(files.map(stampOf))])).digest("hex"),
  };
}

function within(questions: readonly Question[], low: number, high: number): Question[] {
  return questions.filter(({ id }) => {
    const place = uniformAt(["files", "split", id]);
    return place >= low && place < high;
  });
}

async function stampOf(file: string): Promise<readonly [string, number, number]> {
  const { size, mtimeMs } = await stat(file);
  return [file, size, mtimeMs];
}
