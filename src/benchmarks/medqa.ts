import { z } from "zod";
import type { Question } from "../domain/question.ts";
import { choiceQuestion } from "./choiceQuestion.ts";
import { readRows } from "./rows.ts";

/** One line of a MedQA file (jind11/MedQA): USMLE with 4 or 5 options, or Mainland China (MCMLE). */
const MedQaRow = z.object({
  question: z.string().min(1),
  options: z.record(z.string(), z.string()),
  answer: z.string(),
  answer_idx: z.string(),
  meta_info: z.string().nullish(),
});

const chinese = /\p{Script=Han}/u;

/** Questions of a MedQA file; tagged with their step. */
export async function readMedQa(file: string): Promise<Question[]> {
  return (await readRows(file, MedQaRow)).map(({ value: row, place, index }) => {
    const dataset = chinese.test(row.question) ? "medqa-mcmle" : "medqa-usmle";
    const options = Object.entries(row.options).map(([label, text]) => ({ label, text }));
    return choiceQuestion({ id: `${dataset}-${index}`, dataset, text: row.question, options, answer: row.answer_idx, tags: { step: row.meta_info } }, place);
  });
}
