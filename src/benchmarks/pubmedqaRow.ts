import { z } from "zod";
import { PubMedQaAbstract } from "../corpus/readers/pubMedQa.ts";
import type { Question } from "../domain/question.ts";

/** One row of ori_pqal.json, keyed by PubMed id. */
export const PubMedQaRow = z.object({
  QUESTION: z.string().min(1),
  ...PubMedQaAbstract.shape,
  LONG_ANSWER: z.string(),
  final_decision: z.enum(["yes", "no", "maybe"]),
});
export type PubMedQaRow = z.infer<typeof PubMedQaRow>;

/** A row with its PubMed id, and its question with an id of its own. */
export interface PubMedQaItem {
  readonly pubMedId: string;
  readonly row: PubMedQaRow;
  readonly question: Question;
}
