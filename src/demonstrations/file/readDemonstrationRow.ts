import { z } from "zod";
import { describeIssues } from "../../benchmarks/rejectedRows.ts";
import { Question } from "../../domain/question.ts";
import type { Tags } from "../../protocol/tags.ts";
import { UnfitError } from "../unfit.ts";
import { Message, Messages } from "./conversation.ts";
import type { KnownQuestions } from "./knownQuestions.ts";
import { readConversation } from "./readConversation.ts";

const Row = z.record(z.string(), z.unknown());
type Row = z.infer<typeof Row>;

/** A demonstration as this project keeps it. */
const OwnRow = z.looseObject({ question: Question, trajectory: z.looseObject({ text: z.string() }) });
/** A trajectory as `npm run trajectories -- --export` writes it. */
const ExportedRow = z.looseObject({ questionId: z.string(), text: z.string(), segments: z.array(z.unknown()) });

export interface ReadRow {
  readonly question: Question;
  readonly response: string;
}

/**
 * The question and response of a row: this project's own, a chat (`messages`), or `prompt` with `completion` or `response`, both texts or messages.
 * Throws UnfitError or RowError, which name the field.
 */
export function readDemonstrationRow(raw: unknown, index: number, tags: Tags, known: KnownQuestions): ReadRow {
  const row = parse(Row, raw);
  if ("trajectory" in row) {
    const { question, trajectory } = parse(OwnRow, withNulls(row));
    return { question: known.withOwnId(question, index), response: trajectory.text };
  }
  if ("questionId" in row) return exported(parse(ExportedRow, row), known);
  const { asked, response } = readConversation(messagesOf(row), tags);
  const bare = typeof row["question"] === "string" ? row["question"] : asked;
  const whole = wholeQuestion(row);
  return { question: whole === null ? known.resolve(bare, row, index) : known.withOwnId(whole, index), response };
}

function exported({ questionId, text }: z.infer<typeof ExportedRow>, known: KnownQuestions): ReadRow {
  const question = known.byId(questionId);
  if (question === null) throw new UnfitError("row", `questionId: the data set has no question "${questionId}"`);
  return { question, response: text };
}

function messagesOf(row: Row): Message[] {
  if (row["messages"] !== undefined) return parse(Messages, row["messages"], "messages");
  const completion = row["completion"] ?? row["response"];
  const prompt = row["prompt"] ?? row["question"];
  if (prompt === undefined || completion === undefined)
    throw new UnfitError(
      "row",
      `expected messages, or prompt and completion (the row has ${Object.keys(row).slice(0, 8).join(", ") || "no fields"})`,
    );
  return [...asMessages(prompt, "user", "prompt"), ...asMessages(completion, "assistant", "completion")];
}

function asMessages(given: unknown, role: string, field: string): Message[] {
  return typeof given === "string" ? [{ role, content: given }] : parse(Messages, given, field);
}

/** The whole question, where the row is one of our training rows. */
function wholeQuestion({ extra_info: extra }: Row): Question | null {
  if (typeof extra !== "object" || extra === null || !("question" in extra) || typeof extra.question !== "string")
    return null;
  if (!extra.question.trimStart().startsWith("{")) return null;
  try {
    return Question.parse(JSON.parse(extra.question));
  } catch {
    throw new UnfitError("row", "extra_info.question: no question of this project");
  }
}

/** Rows are read without their nulls; a question has some. */
function withNulls(row: Row): unknown {
  const { question } = row;
  if (typeof question !== "object" || question === null || !("references" in question)) return row;
  const references = Array.isArray(question.references)
    ? question.references.map((one: unknown) => (typeof one === "object" ? { graph: null, ...one } : one))
    : question.references;
  return { ...row, question: { ...question, references } };
}

function parse<T>(schema: z.ZodType<T>, raw: unknown, field?: string): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issues = describeIssues(parsed.error, raw);
  throw new UnfitError("row", field === undefined ? issues : `${field}: ${issues}`);
}
