import { basename, extname } from "node:path";
import { z } from "zod";
import type { Question } from "../domain/question.ts";
import { choiceQuestion } from "./choiceQuestion.ts";
import { labelOf, optionsOfColumns, readOptions } from "./answerOptions.ts";
import { cutOptions } from "./optionsInText.ts";
import { readQuestions } from "./readQuestions.ts";
import type { Row } from "./readQuestions.ts";
import { RowError } from "./rejectedRows.ts";
import type { OnReject } from "./rejectedRows.ts";
import { dataFiles } from "./rows.ts";

/**
 * One row of NEJMQA (nejm-ai-qa/exams: one table a specialty). Unverified: the columns are not documented, so names are
 * read without regard to case; options from columns A, B, C … (or "option A" …), from an object or list, or from the question's own text.
 */
const NejmQaRow = z
  .record(z.string(), z.unknown())
  .transform((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name.trim().toLowerCase(), value])),
  );
type NejmQaRow = z.infer<typeof NejmQaRow>;

/** Questions of one table or of a folder of tables; tagged with the specialty that the file is named after. */
export async function readNejmQa(path: string, onReject: OnReject = () => undefined): Promise<Question[]> {
  return readQuestions(await dataFiles(path), { schema: NejmQaRow, toQuestion, onReject });
}

function toQuestion({ value: row, index, file }: Row<NejmQaRow>): Question {
  const specialty = basename(file, extname(file));
  const text = questionText(row);
  const columns = row["options"] === undefined ? optionsOfColumns(row) : readOptions(row["options"]);
  const within = columns.length === 0 ? cutOptions(text) : null;
  const options = within?.options ?? columns;
  const [field = "answer", given] = fieldOf(row, ["answer_idx", "correct answer", "answer", "label"]) ?? [];
  return choiceQuestion({
    id: `nejmqa-${specialty}-${index}`,
    dataset: "nejmqa",
    text: within?.question ?? text,
    options,
    answer: labelOf(given, options, field),
    tags: { specialty },
  });
}

function questionText(row: NejmQaRow): string {
  const names = ["question", "question text"];
  const [, text] = fieldOf(row, names) ?? [];
  if (typeof text !== "string" || text.trim() === "")
    throw new RowError(`none of the columns ${names.join(", ")} holds text`);
  return text;
}

function fieldOf(row: NejmQaRow, names: readonly string[]): [name: string, value: unknown] | null {
  const name = names.find((one) => row[one] !== undefined && row[one] !== "");
  return name === undefined ? null : [name, row[name]];
}
