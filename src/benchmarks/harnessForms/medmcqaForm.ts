import { labels, listed, preface, type HarnessForm } from "./form.ts";

/** medmcqa: options under "Choices:". */
export const medMcqaForm: HarnessForm = {
  dataset: "medmcqa",
  has: ({ options }) => options.length === 4,
  prompt: (question, documents) => ({
    context: `${preface(documents)}Question: ${question.text}\nChoices:\n${listed(question)}Answer:`,
    continuations: labels(question),
  }),
};
