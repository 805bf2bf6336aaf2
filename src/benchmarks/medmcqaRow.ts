import { z } from "zod";
import { WholeNumber } from "./plainValue.ts";

const Text = z.union([z.string(), z.number().transform(String)]);

const Letter = z
  .string()
  .regex(/^\s*[a-d]\s*$/i)
  .transform((text) => text.trim().toUpperCase());

/** One line of a MedMCQA file (medmcqa/medmcqa). The authors' files count the right option from 1, the hub's copies from 0. */
export const MedMcqaRow = z.object({
  id: z.union([z.string().min(1), z.number().transform(String)]),
  question: z.string().min(1),
  opa: Text.default(""),
  opb: Text.default(""),
  opc: Text.default(""),
  opd: Text.default(""),
  /** Kept back in the test files: absent, −1, or 0 in every row. */
  cop: z.union([WholeNumber, Letter], { error: "expected a whole number, or a letter from a to d" }).optional(),
  exp: z.string().nullish(),
  subject_name: z.string().nullish(),
  topic_name: z.string().nullish(),
  choice_type: z.string().nullish(),
});
export type MedMcqaRow = z.infer<typeof MedMcqaRow>;
