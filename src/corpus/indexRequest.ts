import { resolve } from "node:path";
import { z } from "zod";
import { PathText } from "../domain/pathText.ts";
import { longestText } from "../configuration/bounds.ts";
import { ServedModel } from "../configuration/languageModelSettings.ts";
import type { EmbedderOptions } from "./embedding/embedder.ts";

/** What to index where: the one JSON object of the workflow `indexCorpus`, and the options of `npm run index`. */
export const IndexRequest = z
  .strictObject({
    /** A file, or a folder with files of the known kinds, as the workers see it. */
    files: PathText,
    /** The corpus: a folder, or an address s3://, gs:// or az:// (credentials from the environment of the workers). */
    corpus: PathText,
    /** Hugging Face folder of an embedding model; without one, full text alone serves. */
    model: PathText.nullable().default(null),
    /** Only for folders that say nothing of it; "first" is the class token. */
    pooling: z.enum(["mean", "first"]).nullable().default(null),
    /** Put before what is embedded, as some models want ("passage: "). */
    passagePrefix: z.string().default(""),
    /** Threads of the embedding model. */
    threads: z.number().int().min(1).max(256).default(2),
    /** A language model that reads levels of evidence where neither source nor headings say one; null leaves it to the text rules. */
    evidenceModel: ServedModel.nullable().default(null),
    /** Size of a passage, and what consecutive ones share at most. */
    maxTokens: z
      .number()
      .int()
      .min(16)
      .max(...longestText)
      .default(160),
    overlapTokens: z
      .number()
      .int()
      .min(0)
      .max(...longestText)
      .default(32),
    /** Share of damaged records that is put up with, 0–1. */
    maxRejects: z.number().min(0).max(1).default(0.05),
    /** Remove what went from the files, however much of the corpus it is. */
    allowRemovals: z.boolean().default(false),
    /** Files of this size together are prepared in one piece. */
    shardMegabytes: z.number().positive().max(4096).default(64),
  })
  .refine(({ maxTokens, overlapTokens }) => overlapTokens < maxTokens, {
    message: "must be smaller than maxTokens",
    path: ["overlapTokens"],
  });
export type IndexRequest = z.infer<typeof IndexRequest>;

/** How a request's embedding model is opened; null where full text alone serves. */
export function requestedEmbedder({ model, pooling, passagePrefix, threads }: IndexRequest): EmbedderOptions | null {
  return model === null
    ? null
    : { folder: resolve(model), threads, passagePrefix, ...(pooling !== null && { pooling }) };
}
