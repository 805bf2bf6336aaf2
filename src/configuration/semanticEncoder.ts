import { z } from "zod";
import { PathText } from "../domain/pathText.ts";
import { most } from "./bounds.ts";
import { ServiceName } from "./services.ts";

/** Put before each text, as some models want ("query: "). */
const prefix = z.string().default("");

/** What the semantic reward, and relevance where a question has no gold facts, compare texts with. */
export const SemanticEncoder = z.discriminatedUnion(
  "kind",
  [
    /** Counts of words at hashed indices: sees shared words, not meaning. For laptops and invented worlds. */
    z.strictObject({ kind: z.literal("feature-hashing") }),
    /** An embedding model in the worker's process. */
    z.strictObject({
      kind: z.literal("folder"),
      /** Hugging Face folder of the BERT family, as the workers see it. */
      folder: PathText,
      /** Only for folders that say nothing of it; "first" is the class token. */
      pooling: z.enum(["mean", "first"]).optional(),
      prefix,
      threads: z.number().int().min(1).max(256).default(2),
    }),
    /** The embeddings endpoint of an OpenAI-compatible service from the operator's list. */
    z.strictObject({
      kind: z.literal("service"),
      service: ServiceName,
      model: z.string().min(1),
      prefix,
      textsPerRequest: z
        .number()
        .int()
        .min(1)
        .max(...most(2048, "no service takes more texts in one request"))
        .default(64),
      /** Requests in flight at once. */
      concurrency: z.number().int().min(1).max(256).default(4),
      /** Times a request is sent again after a timeout, a lost connection, a 408, 409, 429 or 5xx. */
      retries: z.number().int().min(0).max(20).default(4),
      timeoutSeconds: z
        .number()
        .positive()
        .max(...most(86_400, "an answer that takes a day never comes"))
        .default(120),
    }),
  ],
  {
    error: ({ input }) =>
      input === undefined
        ? 'expected an encoder that compares meaning, {"kind": "folder", "folder": "DIR"} or {"kind": "service", "service": "NAME", "model": "…"}; {"kind": "feature-hashing"} compares words only'
        : undefined,
  },
);
export type SemanticEncoder = z.infer<typeof SemanticEncoder>;
export type EmbeddingsService = Extract<SemanticEncoder, { readonly kind: "service" }>;
