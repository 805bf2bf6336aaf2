import { z } from "zod";
import { Question } from "../domain/question.ts";
import { renderPrompt } from "../protocol/prompt.ts";
import { plainTags } from "../protocol/tags.ts";

/** The customary row of reinforcement-learning data, as this project writes it and as verl and TRL load it. */
export interface TrainingRow {
  readonly data_source: string;
  readonly prompt: readonly { readonly role: string; readonly content: string }[];
  readonly ability: string;
  readonly reward_model: { readonly style: string; readonly ground_truth: string };
  /** `question` holds our whole question as JSON. `embedder` names what made `embeddings`: one vector for each of its references. */
  readonly extra_info: {
    readonly split: string;
    readonly index: number;
    readonly question: string;
  } & Partial<ReferenceEmbeddings>;
}

/** Vectors of a question's references, and what made them. */
export const ReferenceEmbeddings = z.object({ embedder: z.string(), embeddings: z.array(z.array(z.number())) });
export type ReferenceEmbeddings = z.infer<typeof ReferenceEmbeddings>;

/** A question as a row; everything the rewards need travels in extra_info.question. */
export function toTrainingRow(
  question: Question,
  split: string,
  index: number,
  embedded?: ReferenceEmbeddings,
): TrainingRow {
  return {
    data_source: question.dataset,
    prompt: [{ role: "user", content: renderPrompt(question, plainTags) }],
    ability: "medicine",
    reward_model: { style: "rule", ground_truth: question.answer },
    extra_info: { split, index, question: JSON.stringify(question), ...embedded },
  };
}
