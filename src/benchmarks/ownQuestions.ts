import { z } from "zod";
import { readRows } from "./rows.ts";
import { Question } from "../domain/question.ts";
import { readParquetRows } from "./parquetRows.ts";
import { TrainingRow, fromTrainingRow } from "./trainingRow.ts";

/** A line is a row of reinforcement-learning data or a question in our own form. */
const OwnRow = z.union([TrainingRow, Question]);

/** A user's own questions: JSON lines or parquet in the customary RL row, or our questions as JSON lines. Errors name file and place. */
export async function readOwnQuestions(file: string): Promise<Question[]> {
  const rows = file.endsWith(".parquet") ? await readParquet(file) : await readRows(file, OwnRow);
  const questions = rows.map(({ value, place }) => ("reward_model" in value ? fromTrainingRow(value, place) : value));
  const ids = new Set<string>();
  for (const { id } of questions) {
    if (ids.has(id)) throw new Error(`${file}: two questions have the id "${id}"`);
    ids.add(id);
  }
  return questions;
}

async function readParquet(file: string): Promise<{ readonly value: TrainingRow; readonly place: string }[]> {
  return (await readParquetRows(file)).map((raw, index) => {
    const place = `${file}, row ${index + 1}`;
    const row = TrainingRow.safeParse(withoutEmptyQuestion(raw));
    if (!row.success) throw new Error(`${place}: ${z.prettifyError(row.error)}`);
    return { value: row.data, place };
  });
}

/** Parquet has no absent fields: an empty question stands for none. */
function withoutEmptyQuestion(raw: Record<string, unknown>): unknown {
  const extra = z.looseObject({ question: z.literal("") }).safeParse(raw["extra_info"]);
  return extra.success ? { ...raw, extra_info: { ...extra.data, question: undefined } } : raw;
}
