import { createHash } from "node:crypto";
import type OpenAI from "openai";
import pMap from "p-map";
import type { z } from "zod";
import type { LanguageModelConfiguration } from "../configuration/languageModelSettings.ts";
import {
  addServiceUsage,
  noServiceUsage,
  type AnswerCache,
  type KeptAnswer,
  type ServiceUsage,
} from "./answerCache.ts";
import type { Completion } from "./completion.ts";
import { NotACompletionError, oneLine } from "./languageModelErrors.ts";
import { openAiClient } from "./openAiClient.ts";
import { readReply } from "./readReply.ts";
import { sendPrompt, type Prompt } from "./sendPrompt.ts";
import { strictSchema } from "./strictSchema.ts";

/** Running totals of what a model was asked and what it cost. */
export interface Usage {
  readonly requests: number;
  readonly fromCache: number;
  /** Prompts that stayed without a usable answer, however often they were asked: not scored, and counted. */
  readonly unusable: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: number;
}

/** A model that answers in a given shape. */
export interface LanguageModel {
  readonly name: string;
  /**
   * One answer per prompt, in order; null where no reply could be used. Equal prompts are asked once, ever; unusable replies are
   * not kept. Throws LanguageModelRefusedError or LanguageModelUnavailableError where the service itself fails.
   */
  ask<T>(prompts: readonly Prompt[], schema: z.ZodType<T>): Promise<(T | null)[]>;
  usage(): Usage;
  /** Why the latest unusable reply was so; null where there was none. */
  whyUnusable(): string | null;
  /** The same model with totals of its own, from nought. */
  counted(): LanguageModel;
}

/** Opens an OpenAI-compatible model. Throws when the key's environment variable is not set. */
export function openLanguageModel(
  configuration: LanguageModelConfiguration,
  cache: AnswerCache,
  environment: NodeJS.ProcessEnv = process.env,
): LanguageModel {
  const { baseUrl: url, keyVariable } = configuration;
  const client = openAiClient({ url, keyVariable }, configuration, environment);
  return countedModel(client, configuration, cache);
}

function countedModel(client: OpenAI, configuration: LanguageModelConfiguration, cache: AnswerCache): LanguageModel {
  const totals = { requests: 0, fromCache: 0, unusable: 0, inputTokens: 0, outputTokens: 0 };
  let why: string | null = null;

  const request = async (prompt: Prompt, jsonSchema: Record<string, unknown>): Promise<Completion> => {
    totals.requests++;
    const completion = await sendPrompt(client, configuration, prompt, jsonSchema);
    totals.inputTokens += completion.inputTokens;
    totals.outputTokens += completion.outputTokens;
    return completion;
  };

  /** A usable reply, or none after all attempts. A service that answers with something else than replies is asked as often. */
  const usableReply = async (
    prompt: Prompt,
    jsonSchema: Record<string, unknown>,
    usable: (reply: string) => boolean,
    took: (usage: ServiceUsage) => void,
  ): Promise<string | null> => {
    for (let attempt = 0; attempt <= configuration.unusableRetries; attempt++) {
      try {
        const completion = await request(prompt, jsonSchema);
        took(usageOf(completion, configuration));
        if ("text" in completion && usable(completion.text)) return completion.text;
        why = "text" in completion ? `the reply has another shape: ${oneLine(completion.text)}` : completion.unusable;
      } catch (error) {
        if (!(error instanceof NotACompletionError) || attempt === configuration.unusableRetries) throw error;
      }
    }
    return null;
  };

  return {
    name: configuration.model,
    ask: async (prompts, schema) => {
      const jsonSchema = strictSchema(schema);
      const names = Object.keys(jsonSchema["properties"] ?? {});
      const read = (reply: string): z.output<typeof schema> | null => readReply(reply, schema, names);
      const keys = prompts.map((prompt) => cacheKey(configuration, prompt, jsonSchema));
      const known = await cache.get(keys);
      totals.fromCache += keys.filter((key) => known.has(key)).length;
      const missing = new Map(
        prompts.flatMap((prompt, index) => {
          const key = keys[index] ?? "";
          return known.has(key) ? [] : [[key, prompt] as const];
        }),
      );
      const answers: KeptAnswer[] = [];
      const ask = async ([key, prompt]: readonly [string, Prompt]): Promise<void> => {
        let usage = noServiceUsage;
        let answer: string | null = null;
        try {
          const usable = (text: string): boolean => read(text) !== null;
          answer = await usableReply(prompt, jsonSchema, usable, (more) => (usage = addServiceUsage(usage, more)));
        } finally {
          // What was paid for is kept, whatever came of it.
          if (usage.requests > 0) answers.push({ key, answer, usage });
        }
      };
      try {
        await pMap(missing, ask, { concurrency: configuration.concurrency });
      } finally {
        // When one request fails for good, the answers to the others are kept.
        await cache.put(answers);
      }
      const all = new Map(known);
      for (const { key, answer } of answers) if (answer !== null) all.set(key, answer);
      return keys.map((key) => {
        const reply = all.get(key);
        const answer = reply === undefined ? null : read(reply);
        if (answer === null) totals.unusable++;
        return answer;
      });
    },
    usage: () => ({
      ...totals,
      cost: moneyFor(totals, configuration),
    }),
    whyUnusable: () => why,
    counted: () => countedModel(client, configuration, cache),
  };
}

function moneyFor(
  { inputTokens, outputTokens }: Pick<Completion, "inputTokens" | "outputTokens">,
  { price }: Pick<LanguageModelConfiguration, "price">,
): number {
  return (inputTokens * price.input + outputTokens * price.output) / 1e6;
}

function usageOf(completion: Completion, configuration: LanguageModelConfiguration): ServiceUsage {
  const { inputTokens, outputTokens } = completion;
  return { requests: 1, inputTokens, outputTokens, money: moneyFor(completion, configuration) };
}

/** Content hash of everything that an answer depends on. */
function cacheKey(
  { baseUrl, model, temperature, responseFormat, outputLimit }: LanguageModelConfiguration,
  prompt: Prompt,
  jsonSchema: unknown,
): string {
  return createHash("sha256")
    .update(JSON.stringify([baseUrl, model, temperature, responseFormat, outputLimit, prompt, jsonSchema]))
    .digest("hex");
}
