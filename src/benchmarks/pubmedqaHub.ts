import { z } from "zod";
import type { Question } from "../domain/question.ts";
import { withOwnId } from "./ownId.ts";
import { questionOfRow } from "./pubmedqaQuestion.ts";
import type { PubMedQaItem } from "./pubmedqaRow.ts";
import { describeIssues, RowError } from "./rejectedRows.ts";
import type { OnReject } from "./rejectedRows.ts";
import { readRawRows } from "./rows.ts";
import type { RawRow } from "./rows.ts";

/** A row of PubMedQA as the hub's copies have it (pqa_labeled of qiaojin/PubMedQA). */
const HubRow = z.object({
  pubid: z.union([z.string().min(1), z.number().int().transform(String)]),
  question: z.string().min(1),
  context: z.object({
    contexts: z.array(z.string()).min(1),
    labels: z.array(z.string()).default([]),
    meshes: z.array(z.string()).default([]),
  }),
  long_answer: z.string().default(""),
  final_decision: z.enum(["yes", "no", "maybe"]),
});

/**
 * Reads rows in the hub's form. A row that does not fit is told to `onReject`; so is the same question again. Another question about a known abstract
 * gets an id of its own.
 */
export async function readHubRows(file: string, onReject: OnReject): Promise<PubMedQaItem[]> {
  const known = new Map<string, Question>();
  return [...(await readRawRows(file))].flatMap((row, index) => {
    try {
      const { pubMedId, row: fields } = fieldsOf(row);
      return [{ pubMedId, row: fields, question: withOwnId(questionOfRow(pubMedId, fields), index, known) }];
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      onReject({ place: row.place, reason: error.message });
      return [];
    }
  });
}

/** A row under the names of ori_pqal.json. */
function fieldsOf(row: RawRow): Omit<PubMedQaItem, "question"> {
  if ("problem" in row) throw new RowError(row.problem);
  const parsed = HubRow.safeParse(row.raw);
  if (!parsed.success) throw new RowError(describeIssues(parsed.error, row.raw));
  const { pubid, question, context, long_answer, final_decision } = parsed.data;
  const { contexts, labels, meshes } = context;
  return {
    pubMedId: pubid,
    row: {
      QUESTION: question,
      CONTEXTS: contexts,
      LABELS: labels,
      MESHES: meshes,
      LONG_ANSWER: long_answer,
      final_decision,
    },
  };
}
