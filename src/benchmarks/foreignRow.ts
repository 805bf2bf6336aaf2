import { z } from "zod";
import type { Question } from "../domain/question.ts";
import { asSeen } from "./asSeen.ts";
import { choiceQuestion } from "./choiceQuestion.ts";
import { goldText } from "./goldText.ts";
import type { AnswerOption } from "../domain/question.ts";
import { labelOf, optionsOfColumns, readOptions } from "./answerOptions.ts";
import { cutOptions } from "./optionsInText.ts";
import { labelAtOrOfText, placeOf } from "./places.ts";
import type { Counting, Placed } from "./places.ts";
import { RowError, UnlabelledRowError, unlessWrong } from "./rejectedRows.ts";
import { valueIn } from "./valueInText.ts";

const Scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Part = z.looseObject({ type: z.string().optional(), text: z.string().optional() });
const Message = z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(Part)]) });
type Message = z.infer<typeof Message>;
const Messages = z.array(Message).min(1);
const Target = z.looseObject({ target: z.unknown().optional() });

/**
 * A row of another project, as far as a question can be made of it: verl's (`prompt`, `reward_model.ground_truth`), Search-R1's and
 * FlashRAG's (`question`, `golden_answers`, `ground_truth.target`), TRL's (`prompt` as text or chat, `answer` or `completion`, or both in `messages`), the
 * verifiable problems of HuatuoGPT-o1 (`Open-ended Verifiable Question`, `Ground-True Answer`).
 */
const ForeignRow = z.preprocess(
  withUsualNames,
  z.looseObject({
    data_source: z
      .string()
      .default("")
      .transform((name) => name || "rows"),
    id: Scalar.optional(),
    _id: Scalar.optional(),
    question: z.string().optional(),
    problem: z.string().optional(),
    "Open-ended Verifiable Question": z.string().optional(),
    prompt: z
      .preprocess(
        (given) =>
          typeof given === "string" && /^\s*\[\s*\{.*\}\s*\]\s*$/s.test(given) ? (valueIn(given) ?? given) : given,
        z.union([z.string(), Messages], { error: "expected a text or a list of messages with role and content" }),
      )
      .optional(),
    messages: Messages.optional(),
    options: z.unknown().optional(),
    choices: z.unknown().optional(),
    reward_model: z.looseObject({ ground_truth: z.unknown().optional() }).optional(),
    extra_info: z.looseObject({ split: Scalar.optional(), index: Scalar.optional() }).default({}),
  }),
);
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
  "messages",
] as const;

/** Further fields that name the right option, where a row has options. */
const choiceFields = [
  "answer_idx",
  "answer_index",
  "answerKey",
  "answer_key",
  "correct_answer",
  "correct_option",
  "correct_choice",
  "correct_idx",
  "cop",
  "gold",
  "label",
] as const;

const usualNames: ReadonlySet<string> = new Set([
  "id",
  "question",
  "problem",
  "prompt",
  "options",
  "choices",
  ...answerFields,
  ...choiceFields,
]);

/** Names of fields in small letters, where these are the usual ones: tables have "Question" and "Answer" too. */
function withUsualNames(raw: unknown): unknown {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return raw;
  return Object.fromEntries(
    Object.entries(raw).map(([name, value]) => {
      const usual = name.trim().toLowerCase();
      return [usualNames.has(usual) && !(usual in raw) ? usual : name, value];
    }),
  );
}

export { ForeignRow };

/** The question that a row of another project asks, openly or with the options that it brings; it has no references. `index` is its place in the file. */
export function fromForeignRow(row: ForeignRow, index: number, counting: Counting): Question {
  const text = questionText(row);
  const { id = row._id, data_source: dataset, extra_info: extra } = row;
  const ownId = id ?? `${dataset}-${extra.split ?? "row"}-${extra.index ?? `row${index + 1}`}`;
  const options = optionsOf(row);
  if (options !== null)
    return choiceQuestion({ id: ownId, dataset, text, options, answer: rightLabel(row, options, counting) });
  const [field, given] = answerOf(row);
  const [answer, ...others] = [...new Set(textsOf(given, field).map((one) => one.trim()))].filter((one) => one !== "");
  if (answer === undefined) throw new UnlabelledRowError(`${field}: the row has no answer (${JSON.stringify(given)})`);
  const label = others.length === 0 ? letterIn(answer) : null;
  if (label !== null) {
    const cut = cutOptions(text);
    if (cut?.options.some((option) => option.label === label) !== true)
      throw new RowError(
        `${field}: "${label}" is the letter of an option, but the row has none; give them as "options", or the answer in words`,
      );
    return choiceQuestion({ id: ownId, dataset, text: cut.question, options: cut.options, answer: label });
  }
  return asSeen({
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
  });
}

/** The place that a row gives as its answer, with its options; null where it gives none. */
export function placedAnswer(raw: unknown): Placed | null {
  const row = ForeignRow.safeParse(raw);
  const options = row.success ? optionsOf(row.data) : null;
  if (!row.success || options === null) return null;
  const place = placeOf(answerOf(row.data, choiceFields)[1], options);
  return place === null ? null : { place, options };
}

/** The options that a row brings in a field, also as JSON in a text, or in columns of their own; null for an open question. */
function optionsOf(row: ForeignRow): AnswerOption[] | null {
  const given = row.options ?? row.choices ?? row.extra_info["options"] ?? row.extra_info["choices"];
  if (given !== undefined) return readOptions(typeof given === "string" ? (valueIn(given) ?? given) : given);
  const columns = optionsOfColumns(row);
  return columns.length > 1 ? columns : null;
}

/** The label of the right option. Throws RowError where two fields of the row name different ones. */
function rightLabel(row: ForeignRow, options: readonly AnswerOption[], counting: Counting): string {
  const labelIn = ([field, given]: readonly [string, unknown]): string => {
    const place = placeOf(given, options);
    return place === null ? labelOf(given, options, field) : labelAtOrOfText(given, place, options, field, counting);
  };
  const stated = answerOf(row, choiceFields);
  const right = labelIn(stated);
  for (const other of [...answerFields, ...choiceFields]) {
    if (other === stated[0] || row[other] === undefined || placeOf(row[other], options) !== null) continue;
    // What another field holds may be an explanation, which names no option.
    const label = unlessWrong(() => labelIn([other, row[other]]));
    if (label !== null && label !== right)
      throw new RowError(`${other}: it names option ${label}, but ${stated[0]} option ${right}`);
  }
  return right;
}

/** A letter alone, as options are named by; null for any other answer. */
function letterIn(answer: string): string | null {
  return /^\(?([A-E])[).]?$/.exec(answer)?.[1] ?? null;
}

/** What is asked: the bare question where a row has it beside a prompt with instructions of its own; else the last message of a user. */
function questionText({ question, problem, prompt: given, messages, ...row }: ForeignRow): string {
  const prompt = given ?? messages;
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

function answerOf(row: ForeignRow, further: readonly string[] = []): [field: string, value: unknown] {
  if (row.reward_model?.ground_truth !== undefined)
    return ["reward_model.ground_truth", withoutTarget(row.reward_model.ground_truth)];
  const field = [...answerFields, ...further].find((name) => row[name] !== undefined);
  if (field === undefined)
    throw new UnlabelledRowError(
      `answer: none of the fields reward_model.ground_truth, ${answerFields.join(", ")} holds one`,
    );
  return [field, withoutTarget(row[field])];
}

/** What `{"target": …}` holds. */
function withoutTarget(given: unknown): unknown {
  const target = Target.safeParse(given);
  return target.success && target.data.target !== undefined ? target.data.target : given;
}

/** Right answers as texts: one, a list, `{"target": …}`, any of them as JSON in a text, or a reply as a list of messages. */
function textsOf(given: unknown, field: string): string[] {
  const scalar = Scalar.safeParse(given);
  if (scalar.success) {
    const parsed =
      typeof given === "string" && /^\s*(?:\[.*\]|\{\s*["']target["'].*\})\s*$/s.test(given)
        ? valueIn(given)
        : undefined;
    return parsed === undefined ? [goldText(scalar.data)] : textsOf(parsed, field);
  }
  const messages = Messages.safeParse(given);
  if (messages.success)
    return [goldText(textOfMessage(messages.data.findLast(({ role }) => role === "assistant")) ?? "")];
  if (Array.isArray(given)) return given.flatMap((one) => (one === null ? [] : textsOf(one, field)));
  const target = withoutTarget(given);
  if (target !== given) return textsOf(target, `${field}.target`);
  throw new RowError(
    `${field}: expected a text, a number, a list of them, or {"target": …} (got ${JSON.stringify(given)?.slice(0, 60)})`,
  );
}
