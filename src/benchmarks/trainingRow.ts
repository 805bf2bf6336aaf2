import { z } from "zod";
import { Question } from "../domain/question.ts";
import { renderPrompt } from "../protocol/prompt.ts";

/** The customary row of reinforcement-learning data, as verl and TRL load it. */
export const TrainingRow = z.object({
  data_source: z.string().min(1),
  prompt: z.array(z.object({ role: z.string(), content: z.string() })).min(1),
  ability: z.string().default("medicine"),
  reward_model: z.object({ style: z.string(), ground_truth: z.string().min(1) }),
  /**
   * `question` holds our whole question as JSON; rows of others have none. `embedder` names what made `embeddings`: one
   * vector for each of the question's references.
   */
  extra_info: z
    .looseObject({ split: z.string().optional(), index: z.coerce.number().optional(), question: z.string().optional(), embedder: z.string().optional(), embeddings: z.array(z.array(z.number())).optional() })
    .default({}),
});
export type TrainingRow = z.infer<typeof TrainingRow>;

/** Vectors of a question's references, and what made them. */
export const ReferenceEmbeddings = z.object({ embedder: z.string(), embeddings: z.array(z.array(z.number())) });
export type ReferenceEmbeddings = z.infer<typeof ReferenceEmbeddings>;

/** A question as a row; everything the rewards need travels in extra_info.question. */
export function toTrainingRow(question: Question, split: string, index: number, embedded?: ReferenceEmbeddings): TrainingRow {
  return {
    data_source: question.dataset,
    prompt: [{ role: "user", content: renderPrompt(question) }],
    ability: "medicine",
    reward_model: { style: "rule", ground_truth: question.answer },
    extra_info: { split, index, question: JSON.stringify(question), ...embedded },
  };
}

/** The question of a row: our own whole, or what another project's row says of one (open, without references). `place` is named in errors. */
export function fromTrainingRow(row: TrainingRow, place: string): Question {
  const { question } = row.extra_info;
  if (question !== undefined) return readOwn(question, place);
  const asked = row.prompt.findLast(({ role }) => role === "user");
  if (asked === undefined) throw new Error(`${place}: the prompt has no message of the role "user"`);
  const id = `${row.data_source}-${row.extra_info.split ?? "row"}-${row.extra_info.index ?? place}`;
  return Question.parse({ id, dataset: row.data_source, kind: "open", text: asked.content, answer: row.reward_model.ground_truth, cluster: id });
}

function readOwn(json: string, place: string): Question {
  try {
    return Question.parse(JSON.parse(json));
  } catch (error) {
    throw new Error(`${place}: extra_info.question is no question (${error instanceof z.ZodError ? z.prettifyError(error) : String(error)})`, { cause: error });
  }
}
