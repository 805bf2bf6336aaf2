import type { AnswerOption, Question } from "../domain/question.ts";

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

/** A multiple-choice question; refuses an answer that is no option. `place` is named in the error. */
export function choiceQuestion({ id, dataset, text, options, answer, explanation, tags }: ChoiceItem, place: string): Question {
  if (!options.some(({ label }) => label === answer)) {
    throw new Error(`${place}: the answer "${answer}" is none of the options ${options.map(({ label }) => label).join(", ")}`);
  }
  const reasoning = explanation?.trim() ?? "";
  return {
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
    tags: Object.fromEntries(Object.entries(tags ?? {}).flatMap(([name, value]) => (value === null || value === undefined || value === "" ? [] : [[name, value]]))),
  };
}

/** Options from texts in order, labelled A, B, C …; empty texts are left out (the label stays theirs). */
export function labelOptions(texts: readonly string[]): AnswerOption[] {
  return texts.flatMap((text, index) => (text.trim() === "" ? [] : [{ label: optionLabel(index), text }]));
}

/** A for 0, B for 1, … */
export function optionLabel(index: number): string {
  return String.fromCharCode(65 + index);
}
