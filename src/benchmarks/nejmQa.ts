import { basename, extname } from "node:path";
import { z } from "zod";
import type { AnswerOption, Question } from "../domain/question.ts";
import { choiceQuestion } from "./choiceQuestion.ts";
import { dataFiles, readRows } from "./rows.ts";
import type { Row } from "./rows.ts";

/**
 * One row of NEJMQA (nejm-ai-qa/exams: one table a specialty). Unverified: the columns are not documented, so names are
 * read without regard to case, options from columns A, B, C … (or "option A" …) or from an object of options.
 */
const NejmQaRow = z.record(z.string(), z.unknown()).transform((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name.trim().toLowerCase(), value])));
type NejmQaRow = z.infer<typeof NejmQaRow>;

/** Questions of one table or of a folder of tables; tagged with the specialty that the file is named after. */
export async function readNejmQa(path: string): Promise<Question[]> {
  const questions = await Promise.all((await dataFiles(path)).map(async (file) => (await readRows(file, NejmQaRow)).map(toQuestion)));
  return questions.flat();
}

function toQuestion({ value: row, place, index, file }: Row<NejmQaRow>): Question {
  const specialty = basename(file, extname(file));
  const text = textOf(row, ["question", "question text"], place);
  const answer = textOf(row, ["answer_idx", "correct answer", "answer", "label"], place).trim();
  const options = optionsOf(row);
  const label = options.find((option) => option.label.toLowerCase() === answer.toLowerCase() || option.text === answer)?.label ?? answer;
  return choiceQuestion({ id: `nejmqa-${specialty}-${index}`, dataset: "nejmqa", text, options, answer: label, tags: { specialty } }, place);
}

function textOf(row: NejmQaRow, names: readonly string[], place: string): string {
  const value = names.map((name) => row[name]).find((one) => typeof one === "string" && one.trim() !== "");
  if (typeof value !== "string") throw new Error(`${place}: none of the columns ${names.join(", ")} holds text`);
  return value;
}

function optionsOf(row: NejmQaRow): AnswerOption[] {
  const given = z.record(z.string(), z.string()).safeParse(row["options"]);
  const columns = given.success ? Object.entries(given.data) : Object.entries(row).map(([name, value]) => [name.replace(/^(?:option|choice)[ _]?/, ""), value] as const);
  return columns.flatMap(([label, text]) => (/^[a-z]$/i.test(label) && typeof text === "string" && text.trim() !== "" ? [{ label: label.toUpperCase(), text }] : []));
}
