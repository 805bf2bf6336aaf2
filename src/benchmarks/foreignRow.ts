import { z } from "zod";
import type { Question } from "../domain/question.ts";
import { choiceQuestion } from "./choiceQuestion.ts";
import { goldText, pythonList } from "./goldText.ts";
import { labelOf, readOptions } from "./answerOptions.ts";
import { labelAtOrOfText, placeOf } from "./places.ts";
import type { CountedFrom, Placed } from "./places.ts";
import { RowError, UnlabelledRowError } from "./rejectedRows.ts";

const Scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Part = z.looseObject({ type: z.string().optional(), text: z.string().optional() });
const Message = z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(Part)]) });
type Message = z.infer<typeof Message>;
const Messages = z.array(Message).min(1);
const Target = z.looseObject({ target: z.unknown().optional() });

/**
 * A row of another project, as far as a question can be made of it: verl's (`prompt`, `reward_model.ground_truth`), Search-R1's and
 * FlashRAG's (`question`, `golden_answers`, `ground_truth.target`), TRL's (`prompt` as text or chat, `answer` or `completion`), the
 * verifiable problems of HuatuoGPT-o1 (`Open-ended Verifiable Question`, `Ground-True Answer`).
 */
const ForeignRow = z.looseObject({
  data_source: z.string().min(1).default("rows"),
  id: Scalar.optional(),
  _id: Scalar.optional(),
  question: z.string().optional(),
  problem: z.string().optional(),
  "Open-ended Verifiable Question": z.string().optional(),
  prompt: z
    .union([z.string(), Messages], { error: "expected a text or a list of messages with role and content" })
    .optional(),
  options: z.unknown().optional(),
  choices: z.unknown().optional(),
  reward_model: z.looseObject({ ground_truth: z.unknown().optional() }).optional(),
  extra_info: z.looseObject({ split: Scalar.optional(), index: Scalar.optional() }).default({}),
});
type ForeignRow = z.infer<typeof ForeignRow>;

/** Fields that hold the right answer, the first that is there counts. */
const answerFields = [
  "golden_answers",
  "ground_truth",
  "answers",
  "answer",
  "target",
  "completion",
  "solution",
  "Ground-True Answer",
] as const;

export { ForeignRow };

/** The question that a row of another project asks, openly or with the options that it brings; it has no references. `index` is its place in the file. */
export function fromForeignRow(row: ForeignRow, index: number, first: CountedFrom): Question {
  const text = questionText(row);
  const { id = row._id, data_source: dataset, extra_info: extra } = row;
  const ownId = id ?? `${dataset}-${extra.split ?? "row"}-${extra.index ?? `row${index + 1}`}`;
  const [field, given] = answerOf(row);
  const options = row.options ?? row.choices;
  if (options !== undefined) {
    const read = readOptions(options);
    const place = placeOf(given, read);
    const label = place === null ? labelOf(given, read, field) : labelAtOrOfText(place, read, field, first);
    return choiceQuestion({ id: ownId, dataset, text, options: read, answer: label });
  }
  const [answer, ...others] = [...new Set(textsOf(given, field).map((one) => one.trim()))].filter((one) => one !== "");
  if (answer === undefined) throw new UnlabelledRowError(`${field}: the row has no answer (${JSON.stringify(given)})`);
  return {
    id: ownId,
    dataset,
    kind: "open",
    text,
    options: [],
    answer,
    acceptedAnswers: others,
    partialAnswers: [],
    harmfulAnswers: [],
    references: [],
    goldTitles: null,
    goldFacts: null,
    findings: [],
    cluster: ownId,
    tags: {},
  };
}

/** The place that a row gives as its answer, with its options; null where it gives none. */
export function placedAnswer(raw: unknown): Placed | null {
  const row = ForeignRow.safeParse(raw);
  const given = row.success ? (row.data.options ?? row.data.choices) : undefined;
  if (!row.success || given === undefined) return null;
  const options = readOptions(given);
  const place = placeOf(answerOf(row.data)[1], options);
  return place === null ? null : { place, options };
}

/** What is asked: the bare question where a row has it beside a prompt with instructions of its own; else the last message of a user. */
function questionText({ question, problem, prompt, ...row }: ForeignRow): string {
  const bare =
    question ?? problem ?? row["Open-ended Verifiable Question"] ?? (typeof prompt === "string" ? prompt : undefined);
  const asked =
    bare ?? textOfMessage(typeof prompt === "object" ? prompt.findLast(({ role }) => role === "user") : undefined);
  if (asked === undefined || asked.trim() === "")
    throw new RowError(`${prompt === undefined ? "question" : "prompt"}: it holds no text of a user`);
  return asked;
}

function textOfMessage(message: Message | undefined): string | undefined {
  if (message === undefined || typeof message.content === "string") return message?.content as string | undefined;
  if (message.content.some(({ text }) => text === undefined))
    throw new RowError("prompt: a message holds something else than text");
  return message.content.map(({ text }) => text ?? "").join("");
}

function answerOf(row: ForeignRow): [field: string, value: unknown] {
  if (row.reward_model?.ground_truth !== undefined) return ["reward_model.ground_truth", row.reward_model.ground_truth];
  const field = answerFields.find((name) => row[name] !== undefined);
  if (field === undefined)
    throw new UnlabelledRowError(
      `answer: none of the fields reward_model.ground_truth, ${answerFields.join(", ")} holds one`,
    );
  return [field, row[field]];
}

/** Right answers as texts: one, a list, `{"target": …}`, any of them as JSON in a text, or a reply as a list of messages. */
function textsOf(given: unknown, field: string): string[] {
  const scalar = Scalar.safeParse(given);
  if (scalar.success) {
    const parsed =
      typeof given === "string" && /^\s*(?:\[.*\]|\{\s*"target".*\})\s*$/s.test(given)
        ? (parseOrNull(given) ?? pythonList(given))
        : null;
    return parsed === null ? [goldText(scalar.data)] : textsOf(parsed, field);
  }
  const messages = Messages.safeParse(given);
  if (messages.success)
    return [goldText(textOfMessage(messages.data.findLast(({ role }) => role === "assistant")) ?? "")];
  if (Array.isArray(given)) return given.flatMap((one) => (one === null ? [] : textsOf(one, field)));
  const target = Target.safeParse(given);
  if (target.success && target.data.target !== undefined) return textsOf(target.data.target, `${field}.target`);
  throw new RowError(
    `${field}: expected a text, a number, a list of them, or {"target": …} (got ${JSON.stringify(given)?.slice(0, 60)})`,
  );
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
