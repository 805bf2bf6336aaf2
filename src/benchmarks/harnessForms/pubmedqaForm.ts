import type { HarnessForm } from "./form.ts";

/** pubmedqa: the question's own abstract above, and yes, no or maybe. Documents that were found stand in the abstract's place. */
export const pubMedQaForm: HarnessForm = {
  dataset: "pubmedqa",
  has: ({ context }) => context !== undefined,
  prompt: ({ context = "", text, options }, documents) => ({
    context: `Abstract: ${documents === "" ? context : documents}\nQuestion: ${text}\nAnswer:`,
    continuations: options.map((option) => option.text),
  }),
};
