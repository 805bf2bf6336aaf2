import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { defaultChunkSize } from "../corpus/chunker.ts";
import { describePassedOver, findCorpusFiles } from "../corpus/readers/read.ts";
import { readOwnQuestions } from "./ownQuestions.ts";
import type { Question } from "../domain/question.ts";
import { uniformAt } from "../domain/seed.ts";
import type { FilesSettings } from "../tasks/files/filesSettings.ts";
import type { Job } from "../threads/job.ts";
import { benchmarks, readFromFolder } from "./catalogue.ts";
import { withoutGivenAway } from "./leftOut.ts";
import { describeRejects } from "./rejectedRows.ts";
import type { RejectedRow } from "./rejectedRows.ts";
import { onlyDataFile } from "./rows.ts";

/** Shares of the questions by split; drawn by id, so that more questions never move one. */
const trainingShare = 0.6;
const validationShare = 0.2;

/** Questions that are handed over in one piece. */
const questionsAtOnce = 200;

export type SplitName = "training" | "validation" | "evaluation";

/** A part of what is to be known of a user's own questions. */
export type SplitPart =
  | { readonly split: SplitName; readonly questions: readonly Question[] }
  | { readonly hasGraphs: boolean; readonly fingerprint: string; readonly notes: readonly string[] };

/**
 * Reads a user's own questions and splits them. Held-out questions that training would give away are left out. The
 * corpus' fingerprint is of its files' names, sizes and times.
 */
export const job: Job<FilesSettings, SplitPart> = async function* ({ questions: path, format, corpus }) {
  const rejects: RejectedRow[] = [];
  const onReject = (row: RejectedRow): void => void rejects.push(row);
  const questions =
    format === "rows"
      ? await readOwnQuestions(path, onReject)
      : await benchmarks[format](readFromFolder.has(format) ? path : await onlyDataFile(path), onReject);
  const splits: Record<SplitName, Question[]> = { training: [], validation: [], evaluation: [] };
  const notes: string[] = [];
  for (const question of questions) splits[splitOf(question)].push(question);
  for (const split of ["training", "validation", "evaluation"] as const) {
    const { free, note } =
      split === "training"
        ? { free: splits.training, note: null }
        : withoutGivenAway(splits.training, splits[split], split);
    if (note !== null) notes.push(note);
    for (let start = 0; start < free.length; start += questionsAtOnce)
      yield { split, questions: free.slice(start, start + questionsAtOnce) };
  }
  const found = await findCorpusFiles(corpus);
  const { files } = found;
  yield {
    notes: [describeRejects(rejects), ...notes, describePassedOver(found)].filter((note) => note !== null),
    hasGraphs: questions.some(
      ({ goldFacts, references }) => goldFacts !== null || references.some(({ graph }) => graph !== null),
    ),
    fingerprint: createHash("sha256")
      .update(JSON.stringify([defaultChunkSize, questions, await Promise.all(files.map(stampOf))]))
      .digest("hex"),
  };
};

function splitOf({ id }: Question): SplitName {
  const place = uniformAt(["files", "split", id]);
  if (place < trainingShare) return "training";
  return place < trainingShare + validationShare ? "validation" : "evaluation";
}

async function stampOf(file: string): Promise<readonly [string, number, number]> {
  const { size, mtimeMs } = await stat(file);
  return [file, size, mtimeMs];
}
