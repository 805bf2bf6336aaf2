import { basename, extname } from "node:path";
import { z } from "zod";
import type { AnswerOption, Question } from "../domain/question.ts";
import { choiceQuestion, optionLabel } from "./choiceQuestion.ts";
import { labelOf, optionsOfColumns, readOptions } from "./answerOptions.ts";
import { countedFrom, labelAt, labelAtOrOfText, placeOf } from "./places.ts";
import type { Counting, Placed } from "./places.ts";
import { WholeNumber } from "./plainValue.ts";
import { readQuestions } from "./readQuestions.ts";
import type { Row } from "./readQuestions.ts";
import { RowError } from "./rejectedRows.ts";
import type { OnReject } from "./rejectedRows.ts";
import { dataFiles } from "./rows.ts";

/** The six medical subjects of MMLU (docs/method.md#data). */
export const medicalSubjects = [
  "anatomy",
  "clinical_knowledge",
  "college_biology",
  "college_medicine",
  "medical_genetics",
  "professional_medicine",
] as const;

/**
 * One question as the hub's JSON has it (options in order, the right one by its place or its letter), as MMLU-Pro has it (up to
 * ten options, `answer_index` beside the letter, the subject in `src`), or of a table with a column an option.
 */
const MmluRow = z.looseObject({
  question: z.string().min(1),
  subject: z.string().optional(),
  src: z.string().optional(),
  category: z.string().optional(),
  choices: z.unknown().optional(),
  options: z.unknown().optional(),
  answer: z.unknown().optional(),
  answer_index: WholeNumber.optional(),
});
type MmluRow = z.infer<typeof MmluRow>;

/** Questions of the medical subjects: from one file, or from a folder of files named after their subjects. Throws where no row is of one. */
export async function readMmluMedicine(path: string, onReject: OnReject = () => undefined): Promise<Question[]> {
  const others = new Set<string>();
  const files = await dataFiles(path);
  const shown = await countedFrom(files, placeOfRow, authorsColumns);
  // As published they count from 0, and numbers are places.
  const counting = { first: shown.first ?? 0, arePlaces: true };
  const toQuestion = (row: Row<MmluRow>): Question | null => {
    const named = (row.value.subject ?? row.value.src ?? row.value.category ?? basename(row.file))
      .replaceAll(" ", "_")
      .toLowerCase();
    const subject = medicalSubjects.find((one) => named.includes(one));
    if (subject === undefined) others.add(named);
    return subject === undefined ? null : questionOf(row, subject, counting);
  };
  const questions = await readQuestions(files, {
    schema: MmluRow,
    toQuestion,
    onReject,
    unnamed: authorsColumns,
  });
  if (questions.length > 0) return questions;
  throw new Error(
    `${path}: no row is of a medical subject (${medicalSubjects.join(", ")}); it holds ${[...others].slice(0, 5).join(", ")}`,
  );
}

/** MMLU's authors publish tables that begin with data: question, options, letter of the right one. */
function authorsColumns(first: readonly string[]): string[] | null {
  const isHeader = first.some((name) => /^(?:question|prompt|subject|answer)$/i.test(name.trim()));
  return isHeader || first.length < 4
    ? null
    : ["question", ...first.slice(1, -1).map((_, index) => optionLabel(index)), "answer"];
}

function optionsOf(row: MmluRow): AnswerOption[] {
  const given = row.choices ?? row.options;
  return given === undefined ? optionsOfColumns(row) : readOptions(given);
}

function placeOfRow(raw: unknown): Placed | null {
  const row = MmluRow.safeParse(raw);
  if (!row.success || row.data.answer === undefined) return null;
  const options = optionsOf(row.data);
  const place = placeOf(row.data.answer, options);
  return place === null ? null : { place, options };
}

function answerOf(
  { answer, answer_index: index }: MmluRow,
  options: readonly AnswerOption[],
  counting: Counting,
): string {
  if (answer === undefined && index !== undefined)
    // A place below 0 says that labels are kept back.
    return index < 0 ? labelOf(index, options, "answer_index") : labelAt(index, options, "answer_index", 0);
  const place = placeOf(answer, options);
  if (place === null) return labelOf(answer, options, "answer");
  return labelAtOrOfText(answer, place, options, "answer", counting);
}

function questionOf({ value: row, index, file }: Row<MmluRow>, subject: string, counting: Counting): Question {
  const options = optionsOf(row);
  const answer = answerOf(row, options, counting);
  if (row.answer !== undefined && row.answer_index !== undefined && optionLabel(row.answer_index) !== answer)
    throw new RowError(`answer_index: ${row.answer_index} is another option than the answer ${answer}`);
  return choiceQuestion({
    id: `mmlu-${basename(file, extname(file))}-${index}`,
    dataset: "mmlu-med",
    text: row.question,
    options,
    answer,
    tags: { subject },
  });
}
