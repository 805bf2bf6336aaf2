import type { Passage } from "../../domain/passage.ts";
import type { Question } from "../../domain/question.ts";

/** A question as lm-evaluation-harness puts it to a model, and what the model may answer. */
export interface ChoicePrompt {
  readonly context: string;
  /** One per option, in the options' order; written behind the context after a blank. */
  readonly continuations: readonly string[];
}

/**
 * The prompts of lm-evaluation-harness 0.4.13, by data set: medqa_4options lists options under the question, medmcqa under "Choices:",
 * the mmlu tasks name their subject in a line above and have no "Question:", pubmedqa gives the question's own abstract and asks for
 * yes, no or maybe. Documents that were found stand before the question (in the abstract's place); the harness has none.
 */
export function choicePrompt(question: Question, passages: readonly Passage[] = []): ChoicePrompt {
  const listed = question.options.map(({ label, text }) => `${label}. ${text}\n`).join("");
  const labels = question.options.map(({ label }) => label);
  const documents = passages.map(({ text }) => text).join("\n");
  switch (question.dataset) {
    case "pubmedqa":
      return {
        context: `Abstract: ${documents === "" ? (question.context ?? "") : documents}\nQuestion: ${question.text}\nAnswer:`,
        continuations: question.options.map(({ text }) => text),
      };
    case "medmcqa":
      return {
        context: `${preface(documents)}Question: ${question.text}\nChoices:\n${listed}Answer:`,
        continuations: labels,
      };
    case "mmlu-med":
      return {
        context: `${subjectLine(question)}${preface(documents)}${question.text.trim()}\n${listed}Answer:`,
        continuations: labels,
      };
    default:
      return { context: `${preface(documents)}Question: ${question.text}\n${listed}Answer:`, continuations: labels };
  }
}

/**
 * Whether the harness asks these questions in these words, so that its figures can be compared with ours: it has medqa_4options,
 * medmcqa, mmlu and pubmedqa. Other data sets, and questions behind documents, are asked in a form of our own.
 */
export function asHarness(questions: readonly Question[]): boolean {
  return questions.every(({ dataset, options, context, tags }) => {
    if (dataset === "medqa-usmle" || dataset === "medmcqa") return options.length === 4;
    return dataset === "mmlu-med"
      ? options.length === 4 && tags["subject"] !== undefined
      : dataset === "pubmedqa" && context !== undefined;
  });
}

/** The mmlu tasks' description. */
function subjectLine({ tags }: Question): string {
  return `The following are multiple choice questions (with answers) about ${tags["subject"]?.replaceAll("_", " ") ?? "medicine"}.\n\n`;
}

/** Documents before the question; the harness has none, so without retrieval its prompt is unchanged. */
function preface(documents: string): string {
  return documents === "" ? "" : `Documents: ${documents}\n`;
}
