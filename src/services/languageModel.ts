import { createHash } from "node:crypto";
import OpenAI from "openai";
import { APIConnectionError, APIError } from "openai";
import pMap from "p-map";
import { z } from "zod";
import type { AnswerCache } from "./answerCache.ts";
import type { LanguageModelConfiguration } from "../configuration/languageModel.ts";

/** A request that no retry helps: wrong key, unknown model, refused parameters. */
export class LanguageModelRefusedError extends Error {
  override readonly name = "LanguageModelRefusedError";
}

/** The service cannot be reached, after all retries. */
export class LanguageModelUnavailableError extends Error {
  override readonly name = "LanguageModelUnavailableError";
}

export interface Prompt {
  readonly system: string;
  readonly user: string;
}

/** Running totals of what a model was asked and what it cost. */
export interface Usage {
  readonly requests: number;
  readonly fromCache: number;
  /** Answers that were refusals or did not fit the schema: not scored, and counted. */
  readonly unusable: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: number;
}

/** A model that answers in a given shape. */
export interface LanguageModel {
  readonly name: string;
  /** One answer per prompt, in order; null where the model refused or answered garbage. Equal prompts are asked once, ever. */
  ask<T>(prompts: readonly Prompt[], schema: z.ZodType<T>): Promise<(T | null)[]>;
  usage(): Usage;
  /** The same model with totals of its own, from nought. */
  counted(): LanguageModel;
}

/** Opens an OpenAI-compatible model. Throws when the key's environment variable is not set. */
export function openLanguageModel(configuration: LanguageModelConfiguration, cache: AnswerCache, environment: NodeJS.ProcessEnv = process.env): LanguageModel {
  const client = new OpenAI({
    baseURL: configuration.baseUrl,
    apiKey: readKey(configuration.keyVariable, environment),
    maxRetries: configuration.retries,
    timeout: configuration.timeoutSeconds * 1000,
    organization: null,
    project: null,
  });
  return countedModel(client, configuration, cache);
}

function countedModel(client: OpenAI, configuration: LanguageModelConfiguration, cache: AnswerCache): LanguageModel {
  const totals = { requests: 0, fromCache: 0, unusable: 0, inputTokens: 0, outputTokens: 0 };

  const request = async (prompt: Prompt, jsonSchema: Record<string, unknown>): Promise<string | null> => {
    totals.requests++;
    const completion = await client.chat.completions
      .create({
        model: configuration.model,
        temperature: 0,
        messages: [{ role: "system", content: prompt.system }, { role: "user", content: prompt.user }],
        response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema: jsonSchema } },
      })
      .catch(explain);
    totals.inputTokens += completion.usage?.prompt_tokens ?? 0;
    totals.outputTokens += completion.usage?.completion_tokens ?? 0;
    return completion.choices[0]?.message.content ?? null;
  };

  return {
    name: configuration.model,
    ask: async (prompts, schema) => {
      const jsonSchema = z.toJSONSchema(schema);
      const keys = prompts.map((prompt) => cacheKey(configuration, prompt, jsonSchema));
      const known = await cache.get(keys);
      totals.fromCache += keys.filter((key) => known.has(key)).length;
      const missing = new Map(prompts.flatMap((prompt, index) => { const key = keys[index] ?? ""; return known.has(key) ? [] : [[key, prompt] as const]; }));
      const answers: (readonly [key: string, answer: string])[] = [];
      try {
        await pMap(missing, async ([key, prompt]) => void answers.push([key, (await request(prompt, jsonSchema)) ?? ""]), { concurrency: configuration.concurrency });
      } finally {
        // When one request fails for good, the answers to the others are kept.
        await cache.put(answers);
      }
      const all = new Map([...known, ...answers]);
      return keys.map((key) => {
        const answer = readAnswer(all.get(key) ?? "", schema);
        if (answer === null) totals.unusable++;
        return answer;
      });
    },
    usage: () => ({ ...totals, cost: (totals.inputTokens * configuration.price.input + totals.outputTokens * configuration.price.output) / 1e6 }),
    counted: () => countedModel(client, configuration, cache),
  };
}

function readKey(variable: string | null, environment: NodeJS.ProcessEnv): string {
  if (variable === null) return "none";
  const key = environment[variable];
  if (key === undefined || key === "") throw new LanguageModelRefusedError(`the worker's environment has no ${variable}; set it, or set keyVariable to null for a server without keys`);
  return key;
}

/** Sorts errors into those that a retry may help and those that it cannot; the messages hold no key. */
function explain(error: unknown): never {
  if (error instanceof APIConnectionError) throw new LanguageModelUnavailableError(`the language model cannot be reached: ${error.message}`, { cause: error });
  if (!(error instanceof APIError)) throw error;
  const { status } = error;
  const passing = status === undefined || status === 408 || status === 409 || status === 429 || status >= 500;
  const Kind = passing ? LanguageModelUnavailableError : LanguageModelRefusedError;
  throw new Kind(`the language model answered with status ${String(status)}`, { cause: error });
}

/** Content hash of everything that an answer depends on. */
function cacheKey({ baseUrl, model }: LanguageModelConfiguration, prompt: Prompt, jsonSchema: unknown): string {
  return createHash("sha256").update(JSON.stringify([baseUrl, model, prompt, jsonSchema])).digest("hex");
}

function readAnswer<T>(text: string, schema: z.ZodType<T>): T | null {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
