import { z } from "zod";
import type { Question } from "../domain/question.ts";
import { choiceQuestion, labelOptions, optionLabel } from "./choiceQuestion.ts";
import { WholeNumber } from "./plainValue.ts";
import { readQuestions } from "./readQuestions.ts";
import { RowError, UnlabelledRowError } from "./rejectedRows.ts";
import type { OnReject } from "./rejectedRows.ts";
import { readRawRows } from "./rows.ts";

const Text = z.union([z.string(), z.number().transform(String)]);

const Letter = z
  .string()
  .regex(/^\s*[a-d]\s*$/i)
  .transform((text) => text.trim().toUpperCase());

/** One line of a MedMCQA file (medmcqa/medmcqa). The authors' files count the right option from 1, the hub's copies from 0. */
const MedMcqaRow = z.object({
  id: z.union([z.string().min(1), z.number().transform(String)]),
  question: z.string().min(1),
  opa: Text.default(""),
  opb: Text.default(""),
  opc: Text.default(""),
  opd: Text.default(""),
  /** Kept back in the test files: absent, or −1. */
  cop: z.union([WholeNumber, Letter], { error: "expected a whole number, or a letter from a to d" }).optional(),
  exp: z.string().nullish(),
  subject_name: z.string().nullish(),
  topic_name: z.string().nullish(),
  choice_type: z.string().nullish(),
});

/**
 * Questions of a MedMCQA file; the explanation becomes the reference, subject, topic and type are tags. Throws where the file
 * does not show whether its options are counted from 0 or from 1.
 */
export async function readMedMcqa(file: string, onReject: OnReject = () => undefined): Promise<Question[]> {
  const first = await countedFrom(file);
  return readQuestions([file], {
    schema: MedMcqaRow,
    onReject,
    toQuestion: ({ value: row }) => {
      const options = labelOptions([row.opa, row.opb, row.opc, row.opd]);
      const tags = { subject: row.subject_name, topic: row.topic_name, questionType: row.choice_type };
      return choiceQuestion({
        id: `medmcqa-${row.id}`,
        dataset: "medmcqa",
        text: row.question,
        options,
        answer: rightLabel(row.cop, first),
        explanation: row.exp ?? null,
        tags,
      });
    },
  });
}

function rightLabel(cop: number | string | undefined, first: 0 | 1): string {
  if (typeof cop === "string") return cop;
  if (cop === undefined || cop === -1 || cop < first)
    throw new UnlabelledRowError(
      `cop: the row has no answer (${cop ?? "none"}, in a file read as counting options from ${first})`,
    );
  if (cop > first + 3) throw new RowError(`cop: ${cop} is no option of a file that counts from ${first}`);
  return optionLabel(cop - first);
}

/** Explanations often begin with the letter of the right option. */
const saidLetter =
  /^\s*(?:the\s+)?(?:correct\s+)?ans(?:wer)?\b[.:\s]*(?:is|:|-|option)?\s*[("'`‘“[]*([a-d])[)"'`’”\].,:\s]/i;

/** Rows from which a file counted from 1 would hold a 4: a fifth of all answers is D. */
const enoughRows = 20;

/** A 4 for many zeros, which are not most of the rows, as they would be where labels are kept back. */
function isStray(fours: number, zeros: number, rows: number): boolean {
  return zeros > enoughRows * fours && zeros < rows / 2;
}

/**
 * What the file counts the first option as. A 4 shows that it counts from 1 (a 0 beside it is an unlabelled row), unless so many zeros stand beside
 * it that it is a wrong row; then the letters
 * that explanations name decide, where they agree; then zeros, that it counts from 0. A single 0 among a few lines of JSON, the
 * authors' form, is taken for an unlabelled row, and told as one. Without 0 and 4 nothing shows it.
 */
async function countedFrom(file: string): Promise<0 | 1> {
  const rows = [...(await readRawRows(file))].flatMap((row) => {
    const parsed = MedMcqaRow.safeParse("raw" in row ? row.raw : null);
    return parsed.success ? [parsed.data] : [];
  });
  const counts = rows.flatMap(({ cop }) => (typeof cop !== "number" || cop < 0 ? [] : [cop]));
  if (counts.length === 0) return 1;
  const [zeros, fours] = [0, 4].map((wanted) => counts.filter((cop) => cop === wanted).length) as [number, number];
  if (fours > 0 && !isStray(fours, zeros, counts.length)) return 1;
  const letters = rows.flatMap(({ cop, exp }) => {
    const letter = saidLetter.exec(exp ?? "")?.[1];
    return typeof cop !== "number" || letter === undefined ? [] : [cop - "abcd".indexOf(letter.toLowerCase())];
  });
  const [zero, one] = [
    letters.filter((offset) => offset === 0).length,
    letters.filter((offset) => offset === 1).length,
  ];
  if (zero > 0 && one === 0) return 0;
  if (one > 0 && zero === 0) return 1;
  const isOddOne = zeros === 1 && counts.length >= 5 && counts.length < enoughRows && !/\.parquet$/i.test(file);
  if (zeros > 0) return isOddOne ? 1 : 0;
  throw new Error(
    `${file}: cop: the values ${[...new Set(counts)].toSorted((a, b) => a - b).join(", ")} do not show whether options are counted from 0 (the hub's copy) or from 1 (the authors' files); read a larger part of the file, in which 0 or 4 stands`,
  );
}
