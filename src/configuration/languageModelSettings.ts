import { z } from "zod";
import { most } from "./bounds.ts";
import { ServiceName, ServiceUrl } from "./services.ts";

const price = z
  .number()
  .min(0)
  .max(...most(1e6, "the price of a million tokens is meant"));

/** Where a model is served and how it may be used. The key comes from the worker's environment alone. */
export const LanguageModelConfiguration = z.strictObject({
  /** Address of an OpenAI-compatible server, for example http://127.0.0.1:8000/v1. */
  baseUrl: ServiceUrl,
  model: z.string().min(1),
  /** Name of the environment variable that holds the key; servers of one's own need none. */
  keyVariable: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/)
    .nullable()
    .default("OPENAI_API_KEY"),
  /** Requests in flight at once. */
  concurrency: z.number().int().min(1).max(256).default(8),
  /** Times a request is sent again after a timeout, a lost connection, a 408, 409, 429 or 5xx. */
  retries: z.number().int().min(0).max(20).default(4),
  timeoutSeconds: z
    .number()
    .positive()
    .max(...most(86_400, "a reply that takes a day never comes"))
    .default(120),
  /** Times an unusable reply (empty, cut off, of another shape) is asked for again before it counts as none. */
  unusableRetries: z.number().int().min(0).max(20).default(2),
  /** Sampling temperature; null leaves it out, for models that refuse one. */
  temperature: z.number().min(0).max(2).nullable().default(0),
  /** How the shape of replies is asked for. Services without schemas take "json_object" or "text": every prompt names the shape too. */
  responseFormat: z.enum(["json_schema", "json_object", "text"]).default("json_schema"),
  /** Tokens that a reply may have at most, and the field that the service reads them from; null leaves the limit to the service. */
  outputLimit: z
    .strictObject({
      tokens: z.number().int().min(1).max(1_000_000),
      field: z.enum(["max_completion_tokens", "max_tokens"]).default("max_completion_tokens"),
    })
    .nullable()
    .default(null),
  /** Price of a million tokens in and out, in the currency of one's choice. */
  price: z.strictObject({ input: price, output: price }).default({ input: 0, output: 0 }),
});
export type LanguageModelConfiguration = z.infer<typeof LanguageModelConfiguration>;

/** A model as inputs name it: its address and the variable of its key stand under the service's name in the operator's list (services.ts). */
export const ServedModel = LanguageModelConfiguration.omit({ baseUrl: true, keyVariable: true }).extend({
  service: ServiceName,
});
export type ServedModel = z.infer<typeof ServedModel>;
