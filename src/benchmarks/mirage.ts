import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { Question } from "../domain/question.ts";
import { choiceQuestion } from "./choiceQuestion.ts";
import { parseJson } from "./rows.ts";

/** MIRAGE's benchmark.json (Teddy-XiongGZ/MIRAGE): data sets by name, their questions by id. */
const MirageFile = z.record(
  z.string(),
  z.record(z.string(), z.object({ question: z.string().min(1), options: z.record(z.string(), z.string()), answer: z.string(), PMID: z.union([z.array(z.union([z.string(), z.number()])), z.string(), z.number()]).optional() })),
);

/** All questions of MIRAGE, tagged with the data set they come from. */
export async function readMirage(file: string): Promise<Question[]> {
  const parsed = MirageFile.safeParse(parseJson(await readFile(file, "utf8"), file));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return Object.entries(parsed.data).flatMap(([part, rows]) =>
    Object.entries(rows).map(([id, row]) => {
      const options = Object.entries(row.options).map(([label, text]) => ({ label, text }));
      return choiceQuestion({ id: `mirage-${part}-${id}`, dataset: "mirage", text: row.question, options, answer: row.answer, tags: { subject: part } }, `${file}, ${part}, ${id}`);
    }),
  );
}
