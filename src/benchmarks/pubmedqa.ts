import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readHubRows } from "./pubmedqaHub.ts";
import { readKeyedRows } from "./pubmedqaKeyed.ts";
import type { PubMedQaItem } from "./pubmedqaRow.ts";
import { readText } from "./rows.ts";
import { describeRejects } from "./rejectedRows.ts";
import type { OnReject, RejectedRow } from "./rejectedRows.ts";
import { chunkDocument, defaultChunkSize } from "../corpus/chunker.ts";
import { gradeDocument } from "../tasks/medical/grading/evidenceLevel.ts";
import type { SourceDocument } from "../corpus/document.ts";
import { documentOfAbstract } from "../corpus/readers/pubMedQa.ts";
import type { Dataset } from "../domain/dataset.ts";
import type { Passage } from "../domain/passage.ts";
import type { Question } from "../domain/question.ts";
import { uniformAt } from "../domain/seed.ts";

const fileName = "ori_pqal.json";

/** Share of the questions by split; drawn by PubMed id, so that more rows never move a question. */
const trainingShare = 0.6;
const validationShare = 0.2;

/**
 * PubMedQA's labelled questions (qiaojin/PubMedQA) and their abstracts. `path` is the folder of ori_pqal.json, that
 * file itself, or a file of the hub's copy. References have no knowledge graph, so logical and statistical rewards are null here.
 */
export async function openPubMedQa(path: string, onReject: OnReject = () => undefined): Promise<Dataset> {
  const rejects: RejectedRow[] = [];
  const items = await readPubMedQa(path, (row) => {
    rejects.push(row);
    onReject(row);
  });
  const leftOut = describeRejects(rejects);
  const questions = items.map(({ question }) => question);
  const split = (low: number, high: number): Question[] =>
    questions.filter(({ cluster }) => {
      const place = uniformAt(["pubmedqa", "split", `pubmedqa-${cluster}`]);
      return place >= low && place < high;
    });
  const heldOut = trainingShare + validationShare;
  return {
    name: "pubmedqa",
    training: split(0, trainingShare),
    validation: split(trainingShare, heldOut),
    evaluation: [{ name: "held-out-questions", questions: split(heldOut, 1) }],
    passages: () => passagesOf(items),
    extractor: null,
    fingerprint: createHash("sha256")
      .update(JSON.stringify([defaultChunkSize, items.map(({ pubMedId, row }) => ({ pubMedId, row }))]))
      .digest("hex"),
    notes: leftOut === null ? [] : [leftOut],
  };
}

/** Reads and checks ori_pqal.json, or the rows of the hub's copy. A row that does not fit is told to `onReject` with file, line and PubMed id; throws where none fits. */
export async function readPubMedQa(path: string, onReject: OnReject): Promise<readonly PubMedQaItem[]> {
  const file = await locate(path);
  let first: RejectedRow | null = null;
  const items = await readItems(file, (reject) => {
    first ??= reject;
    onReject(reject);
  });
  if (items.length === 0) throw new Error(first === null ? `${file}: holds no rows` : nothingFits(first));
  return items;
}

async function readItems(file: string, onReject: OnReject): Promise<PubMedQaItem[]> {
  if (!/\.json(?:\.gz)?$/i.test(file)) return readHubRows(file, onReject);
  const text = await readText(file);
  return text.trimStart().startsWith("[") ? readHubRows(file, onReject) : readKeyedRows(text, file, onReject);
}

function nothingFits({ place, reason }: RejectedRow): string {
  return `${place}: ${reason} (and no other row fits; the unlabelled and artificial sets of PubMedQA have no answers to train on)`;
}

/** The abstract of a row. */
export function documentOf({ pubMedId, row }: PubMedQaItem): SourceDocument {
  return documentOfAbstract(pubMedId, row);
}

async function* passagesOf(items: readonly PubMedQaItem[]): AsyncIterable<Passage> {
  // Several questions may stand on one abstract.
  const given = new Set<string>();
  for (const item of items) {
    const passages = chunkDocument(gradeDocument(documentOf(item)), defaultChunkSize);
    yield* passages.filter(({ id }) => !given.has(id));
    for (const { id } of passages) given.add(id);
  }
}

async function locate(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new Error(`${path}: no such file or folder; give the folder that holds ${fileName}`);
  const file = found.isDirectory() ? join(path, fileName) : path;
  if ((await stat(file).catch(() => null)) === null) throw new Error(`${path} holds no ${fileName}`);
  return file;
}
