import type { Question } from "../../domain/question.ts";

/** A question as lm-evaluation-harness puts it to a model, and what the model may answer. */
export interface ChoicePrompt {
  readonly context: string;
  /** One per option, in the options' order; written behind the context after a blank. */
  readonly continuations: readonly string[];
}

/** How lm-evaluation-harness 0.4.13 asks the questions of one data set. */
export interface HarnessForm {
  /** As `Question.dataset` says it. */
  readonly dataset: string;
  /** Whether the harness has this question: its figures can be compared with ours then. */
  readonly has: (question: Question) => boolean;
  /** `documents` is the text of what was found, empty without retrieval; the harness has none. */
  readonly prompt: (question: Question, documents: string) => ChoicePrompt;
}

/** The options under each other, as most forms list them. */
export function listed({ options }: Question): string {
  return options.map(({ label, text }) => `${label}. ${text}\n`).join("");
}

export function labels({ options }: Question): readonly string[] {
  return options.map(({ label }) => label);
}

/** Documents before the question; without retrieval the harness's prompt is unchanged. */
export function preface(documents: string): string {
  return documents === "" ? "" : `Documents: ${documents}\n`;
}

/** Options under the question: the form of medqa_4options, and ours for data sets that the harness does not have. */
export function plainPrompt(question: Question, documents: string): ChoicePrompt {
  return {
    context: `${preface(documents)}Question: ${question.text}\n${listed(question)}Answer:`,
    continuations: labels(question),
  };
}
