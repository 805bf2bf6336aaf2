import { labels, listed, preface, type HarnessForm } from "./form.ts";

/** The mmlu tasks: the subject in a line above, and no "Question:". */
export const mmluMedicineForm: HarnessForm = {
  dataset: "mmlu-med",
  has: ({ options, tags }) => options.length === 4 && tags["subject"] !== undefined,
  prompt: (question, documents) => ({
    context: `${subjectLine(question.tags["subject"])}${preface(documents)}${question.text.trim()}\n${listed(question)}Answer:`,
    continuations: labels(question),
  }),
};

/** The tasks' description. */
function subjectLine(subject = "medicine"): string {
  return `The following are multiple choice questions (with answers) about ${subject.replaceAll("_", " ")}.\n\n`;
}
