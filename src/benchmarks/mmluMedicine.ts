import { basename, extname } from "node:path";
import { z } from "zod";
import type { Question } from "../domain/question.ts";
import { choiceQuestion, labelOptions, optionLabel } from "./choiceQuestion.ts";
import { dataFiles, readRows } from "./rows.ts";
import type { Row } from "./rows.ts";

/** The six medical subjects of MMLU (METHOD §5). */
export const medicalSubjects = ["anatomy", "clinical_knowledge", "college_biology", "college_medicine", "medical_genetics", "professional_medicine"] as const;

/** One question as the hub's JSON has it: options in order, the right one by its place or its letter. */
const MmluRow = z.object({
  question: z.string().min(1),
  subject: z.string().optional(),
  choices: z.array(z.string()).min(2).optional(),
  options: z.union([z.array(z.string()).min(2), z.record(z.string(), z.string())]).optional(),
  answer: z.union([z.number().int().min(0), z.string().min(1)]),
});
type MmluRow = z.infer<typeof MmluRow>;

/** Questions of the medical subjects: from one file, or from a folder of files named after their subjects. */
export async function readMmluMedicine(path: string): Promise<Question[]> {
  const questions = await Promise.all((await dataFiles(path)).map(async (file) => (await readRows(file, MmluRow)).flatMap(toQuestion)));
  return questions.flat();
}

/** Other subjects are left out. */
function toQuestion({ value: row, place, index, file }: Row<MmluRow>): Question[] {
  const named = (row.subject ?? basename(file)).replaceAll(" ", "_").toLowerCase();
  const subject = medicalSubjects.find((one) => named.includes(one));
  if (subject === undefined) return [];
  const given = row.choices ?? row.options ?? [];
  const options = Array.isArray(given) ? labelOptions(given) : Object.entries(given).map(([label, text]) => ({ label, text }));
  const answer = typeof row.answer === "number" ? optionLabel(row.answer) : labelOf(row.answer, options);
  return [choiceQuestion({ id: `mmlu-${basename(file, extname(file))}-${index}`, dataset: "mmlu-med", text: row.question, options, answer, tags: { subject } }, place)];
}

/** A letter, a place as a digit, or the right option's text. */
function labelOf(answer: string, options: Question["options"]): string {
  if (/^\d$/.test(answer)) return optionLabel(Number(answer));
  return options.find(({ label, text }) => label === answer || text === answer)?.label ?? answer;
}
