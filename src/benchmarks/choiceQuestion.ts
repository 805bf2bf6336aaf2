import { markedUpText } from "../corpus/readers/markup.ts";
import type { AnswerOption, Question } from "../domain/question.ts";
import { asSeen } from "./asSeen.ts";
import { RowError } from "./rejectedRows.ts";

/** What every multiple-choice data set says of an item. */
export interface ChoiceItem {
  readonly id: string;
  readonly dataset: string;
  readonly text: string;
  readonly options: readonly AnswerOption[];
  /** Label of the right option. */
  readonly answer: string;
  /** Why it is right, in words; becomes the reference. */
  readonly explanation?: string | null;
  readonly tags?: Readonly<Record<string, string | null | undefined>>;
}

/** A multiple-choice question, HTML's entities and raised digits in its texts read. Throws RowError where it lacks options, repeats a label, or its answer is none of them. */
export function choiceQuestion({ id, dataset, text, options, answer, explanation, tags }: ChoiceItem): Question {
  const labels = options.map(({ label }) => label);
  if (text.trim() === "") throw new RowError("question: it is empty");
  if (options.length < 2) throw new RowError(`options: ${options.length} of them, a choice needs two`);
  if (new Set(labels).size < labels.length)
    throw new RowError(`options: two have the same label (${labels.join(", ")})`);
  if (!labels.includes(answer))
    throw new RowError(`answer: the answer "${answer}" is none of the options ${labels.join(", ")}`);
  const reasoning = explanation?.trim() ?? "";
  return asSeen({
    id,
    dataset,
    kind: "choice",
    text,
    options: [...options],
    answer,
    acceptedAnswers: [],
    partialAnswers: [],
    harmfulAnswers: [],
    references: reasoning === "" ? [] : [{ answer, reasoning, graph: null }],
    goldTitles: null,
    goldFacts: null,
    findings: [],
    cluster: id,
    tags: Object.fromEntries(
      Object.entries(tags ?? {}).flatMap(([name, value]) =>
        value === null || value === undefined || value === "" ? [] : [[name, value]],
      ),
    ),
  });
}

/** Options from texts in order, labelled A, B, C …; empty texts are left out (the label stays theirs). */
export function labelOptions(texts: readonly string[]): AnswerOption[] {
  return texts.flatMap((text, index) =>
    text.trim() === "" ? [] : [{ label: optionLabel(index), text: markedUpText(text) }],
  );
}

/** A for 0, B for 1, … */
export function optionLabel(index: number): string {
  return String.fromCharCode(65 + index);
}
