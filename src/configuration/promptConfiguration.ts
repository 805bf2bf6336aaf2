import { z } from "zod";

/** What chat models are told beside the question and how to answer it. */
export const PromptConfiguration = z.strictObject({
  /** Shows the form of a response by an example; some sixty tokens of every prompt. */
  example: z.boolean().default(false),
});
export type PromptConfiguration = z.infer<typeof PromptConfiguration>;
