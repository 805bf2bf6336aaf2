import { z } from "zod";
import type { Question } from "../domain/question.ts";
import { choiceQuestion } from "./choiceQuestion.ts";
import { labelOf, readOptions } from "./answerOptions.ts";
import { describeIssues, RowError } from "./rejectedRows.ts";
import type { OnReject, RejectedRow } from "./rejectedRows.ts";
import { parseJson } from "./json.ts";
import { keyOfPlace, repeatedInFile } from "./repeatedInFile.ts";
import { readText } from "./rows.ts";

/** MIRAGE's benchmark.json (Teddy-XiongGZ/MIRAGE): data sets by name, their questions by id. */
const MirageFile = z.record(z.string(), z.record(z.string(), z.unknown()));
const MirageRow = z.object({
  question: z.string().min(1),
  options: z.unknown().optional(),
  answer: z.unknown().optional(),
});

/** All questions of MIRAGE, tagged with the data set they come from. */
export async function readMirage(file: string, onReject: OnReject = () => undefined): Promise<Question[]> {
  const text = await readText(file);
  const parsed = MirageFile.safeParse(parseJson(text, file));
  if (!parsed.success) throw new Error(`${file}: ${describeIssues(parsed.error, null)}`);
  const repeated = repeatedInFile(text, 2);
  const rejected: RejectedRow[] = [];
  const questions = Object.entries(parsed.data).flatMap(([part, rows]) => {
    const twice = repeated.get(keyOfPlace(part));
    if (twice !== undefined) throw new Error(`${file}: ${twice}`);
    return Object.entries(rows).flatMap(([id, raw]) => {
      try {
        const problem = repeated.get(keyOfPlace(part, id));
        if (problem !== undefined) throw new RowError(problem);
        return [questionOf(part, id, raw)];
      } catch (error) {
        if (!(error instanceof RowError)) throw error;
        rejected.push({ place: `${file}, ${part}, ${id}`, reason: error.message });
        return [];
      }
    });
  });
  const [first] = rejected;
  if (questions.length === 0)
    throw new Error(first === undefined ? `${file}: holds no questions` : `${first.place}: ${first.reason}`);
  for (const one of rejected) onReject(one);
  return questions;
}

function questionOf(part: string, id: string, raw: unknown): Question {
  const row = MirageRow.safeParse(raw);
  if (!row.success) throw new RowError(describeIssues(row.error, raw));
  const options = readOptions(row.data.options);
  return choiceQuestion({
    id: `mirage-${part}-${id}`,
    dataset: "mirage",
    text: row.data.question,
    options,
    answer: labelOf(row.data.answer, options, "answer"),
    tags: { subject: part },
  });
}
