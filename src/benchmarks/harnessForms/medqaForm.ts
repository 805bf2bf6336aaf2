import { plainPrompt, type HarnessForm } from "./form.ts";

/** medqa_4options. */
export const medQaForm: HarnessForm = {
  dataset: "medqa-usmle",
  has: ({ options }) => options.length === 4,
  prompt: plainPrompt,
};
