import { z } from "zod";
import { Question } from "../domain/question.ts";
import { withSpelledTriples } from "../rewards/extraction/spellTriple.ts";
import { repeatedKey } from "../domain/text/repeatedKey.ts";
import { asSeen } from "./asSeen.ts";
import { ForeignRow, fromForeignRow, placedAnswer } from "./foreignRow.ts";
import { countedFrom } from "./places.ts";
import type { Counting } from "./places.ts";
import { readQuestions } from "./readQuestions.ts";
import type { Row } from "./readQuestions.ts";
import { describeIssues, RowError } from "./rejectedRows.ts";
import { dataFiles } from "./rows.ts";
import type { OnReject } from "./rejectedRows.ts";
import { messageOf } from "../domain/messageOf.ts";

const AnyRow = z.record(z.string(), z.unknown());
const References = z.array(z.looseObject({}));

/**
 * A user's own questions, in any file that has rows, or in all such files of a folder: the rows that this project writes (the
 * whole question as JSON in `extra_info.question`), those of other projects (see ForeignRow), or our questions as they are,
 * their graphs in the spelling of those that are read from texts.
 */
export async function readOwnQuestions(path: string, onReject: OnReject = () => undefined): Promise<Question[]> {
  const files = await dataFiles(path);
  const counting = await countedFrom(files, placedAnswer);
  return readQuestions(files, { schema: AnyRow, toQuestion: (row) => toQuestion(row, counting), onReject });
}

function toQuestion({ value: row, index }: Row<z.infer<typeof AnyRow>>, counting: Counting): Question {
  if (typeof row["kind"] === "string" && typeof row["text"] === "string")
    return withSpelledTriples(asSeen(parse(Question, withNulls(row))));
  const own = wholeQuestion(row["extra_info"]);
  return own === null ? fromForeignRow(parse(ForeignRow, row), index, counting) : own;
}

/** Our question inside a row; null where `question` is another project's: plain text, or empty. */
function wholeQuestion(extra: unknown): Question | null {
  const text =
    typeof extra === "object" && extra !== null && "question" in extra && typeof extra.question === "string"
      ? extra.question.trim()
      : "";
  if (!text.startsWith("{")) return null;
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch (error) {
    throw new RowError(`extra_info.question is no question (${messageOf(error)})`);
  }
  const repeated = repeatedKey(text);
  if (repeated !== null) throw new RowError(`extra_info.question: ${repeated}: the question has it twice`);
  const question = Question.safeParse(whole);
  if (question.success) return withSpelledTriples(asSeen(question.data));
  throw new RowError(`extra_info.question is no question (${describeIssues(question.error, whole)})`);
}

function parse<T>(schema: z.ZodType<T>, raw: unknown): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new RowError(describeIssues(parsed.error, raw));
}

/** Absent graphs are null in a question of ours: rows are read without their nulls. */
function withNulls(row: Readonly<Record<string, unknown>>): unknown {
  const references = References.safeParse(row["references"]);
  return references.success
    ? { ...row, references: references.data.map((reference) => ({ graph: null, ...reference })) }
    : row;
}
