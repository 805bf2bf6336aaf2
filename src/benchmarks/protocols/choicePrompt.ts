import type { Passage } from "../../domain/passage.ts";
import type { Question } from "../../domain/question.ts";

/** A question as lm-evaluation-harness puts it to a model, and what the model may answer. */
export interface ChoicePrompt {
  readonly context: string;
  /** One per option, in the options' order; written behind the context after a blank. */
  readonly continuations: readonly string[];
}

/**
 * The harness's own prompts, by data set: MedQA lists options under the question, MedMCQA under "Choices:", MMLU has no
 * "Question:", PubMedQA gives the abstract and asks for yes, no or maybe. Other data sets are put as MedQA is.
 */
export function choicePrompt(question: Question, passages: readonly Passage[] = []): ChoicePrompt {
  const listed = question.options.map(({ label, text }) => `${label}. ${text}\n`).join("");
  const labels = question.options.map(({ label }) => label);
  const documents = passages.map(({ text }) => text).join("\n");
  switch (question.dataset) {
    case "pubmedqa":
      return { context: `Abstract: ${documents}\nQuestion: ${question.text}\nAnswer:`, continuations: question.options.map(({ text }) => text) };
    case "medmcqa":
      return { context: `${preface(documents)}Question: ${question.text}\nChoices:\n${listed}Answer:`, continuations: labels };
    case "mmlu-med":
      return { context: `${preface(documents)}${question.text.trim()}\n${listed}Answer:`, continuations: labels };
    default:
      return { context: `${preface(documents)}Question: ${question.text}\n${listed}Answer:`, continuations: labels };
  }
}

/** Documents before the question; the harness has none, so without retrieval its prompt is unchanged. */
function preface(documents: string): string {
  return documents === "" ? "" : `Documents: ${documents}\n`;
}
