import { z } from "zod";
import { PathText } from "../domain/pathText.ts";
import { largestWeight } from "./bounds.ts";

/** How rollouts search. As it stands: by full text alone. */
export const RetrievalConfiguration = z.strictObject({
  /** An embedding model: passages get vectors, and searches fuse full text and vectors. */
  encoder: z
    .strictObject({
      /** Hugging Face folder of the BERT family, as the workers see it. */
      folder: PathText,
      /** Only for folders that say nothing of it; "first" is the class token. */
      pooling: z.enum(["mean", "first"]).optional(),
      /** Put before what is stored and what is asked, as some models want ("query: "). */
      passagePrefix: z.string().default(""),
      queryPrefix: z.string().default(""),
    })
    .nullable()
    .default(null),
  /** Hugging Face folder of a cross-encoder that ranks the first 50 anew. */
  reranker: PathText.nullable().default(null),
  /** How much a high level of the corpus' scale counts beside relevance: scores are multiplied by 1 + this · the level's weight. */
  preferEvidence: z
    .number()
    .min(0)
    .max(...largestWeight)
    .default(0),
  /** Threads of each model. */
  threads: z.number().int().min(1).max(256).default(2),
});
export type RetrievalConfiguration = z.infer<typeof RetrievalConfiguration>;
