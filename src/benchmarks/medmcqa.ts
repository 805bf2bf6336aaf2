import { z } from "zod";
import type { Question } from "../domain/question.ts";
import { choiceQuestion, labelOptions, optionLabel } from "./choiceQuestion.ts";
import { readRows } from "./rows.ts";

/** One line of a MedMCQA file (medmcqa/medmcqa). The files count the right option from 1, the hub's copies from 0. */
const MedMcqaRow = z.object({
  id: z.string().min(1),
  question: z.string().min(1),
  opa: z.string(),
  opb: z.string(),
  opc: z.string(),
  opd: z.string(),
  cop: z.number().int().min(0).max(4),
  exp: z.string().nullish(),
  subject_name: z.string().nullish(),
  topic_name: z.string().nullish(),
  choice_type: z.string().nullish(),
});

/** Questions of a MedMCQA file; the explanation becomes the reference, subject, topic and type are tags. */
export async function readMedMcqa(file: string): Promise<Question[]> {
  const rows = await readRows(file, MedMcqaRow);
  const first = rows.some(({ value }) => value.cop === 0) ? 0 : 1;
  return rows.map(({ value: row, place }) => {
    const options = labelOptions([row.opa, row.opb, row.opc, row.opd]);
    const tags = { subject: row.subject_name, topic: row.topic_name, questionType: row.choice_type };
    return choiceQuestion({ id: `medmcqa-${row.id}`, dataset: "medmcqa", text: row.question, options, answer: optionLabel(row.cop - first), explanation: row.exp ?? null, tags }, place);
  });
}
