import { z } from "zod";
import type { PubMedQaItem } from "./pubmedqaRow.ts";
import { describeIssues } from "./rejectedRows.ts";
import type { OnReject } from "./rejectedRows.ts";
import { readRawRows } from "./rows.ts";

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

/** Reads rows in the hub's form. A row that does not fit is told to `onReject`. */
export async function readHubRows(file: string, onReject: OnReject): Promise<PubMedQaItem[]> {
  return [...(await readRawRows(file))].flatMap((row) => {
    const raw = "raw" in row ? row.raw : null;
    const parsed = HubRow.safeParse(raw);
    if (!parsed.success) {
      onReject({ place: row.place, reason: "problem" in row ? row.problem : describeIssues(parsed.error, raw) });
      return [];
    }
    const { pubid, question, context, long_answer, final_decision } = parsed.data;
    const { contexts, labels, meshes } = context;
    return [
      {
        pubMedId: pubid,
        row: {
          QUESTION: question,
          CONTEXTS: contexts,
          LABELS: labels,
          MESHES: meshes,
          LONG_ANSWER: long_answer,
          final_decision,
        },
      },
    ];
  });
}
