import { z } from "zod";
import type { Question } from "../domain/question.ts";
import { choiceQuestion } from "./choiceQuestion.ts";
import { readRows } from "./rows.ts";

/** One line of MedXpertQA (TsinghuaC3I/MedXpertQA), Text subset: ten options. Unverified: written from the published card. */
const MedXpertQaRow = z.object({
  id: z.string().min(1),
  question: z.string().min(1),
  options: z.record(z.string(), z.string()),
  label: z.string(),
  medical_task: z.string().nullish(),
  body_system: z.string().nullish(),
  question_type: z.string().nullish(),
});

/** Questions of a MedXpertQA file. The published question text repeats its options; they are taken off. */
export async function readMedXpertQa(file: string): Promise<Question[]> {
  return (await readRows(file, MedXpertQaRow)).map(({ value: row, place }) => {
    const text = row.question.replace(/\s*Answer Choices:[\s\S]*$/, "");
    const options = Object.entries(row.options).map(([label, option]) => ({ label, text: option }));
    const tags = { subject: row.body_system, step: row.medical_task, questionType: row.question_type };
    return choiceQuestion({ id: `medxpertqa-${row.id}`, dataset: "medxpertqa", text, options, answer: row.label, tags }, place);
  });
}
