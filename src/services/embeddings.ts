import { createHash } from "node:crypto";
import pMap from "p-map";
import { z } from "zod";
import type { EmbeddingsService } from "../configuration/semanticEncoder.ts";
import { UnusableEmbeddingsError, type TextEmbedder } from "../domain/embedding.ts";
import { noServiceUsage, type AnswerCache } from "./answerCache.ts";
import { explainError, NotACompletionError, oneLine, refusedPrompt } from "./languageModelErrors.ts";
import { openAiClient } from "./openAiClient.ts";

/** Where the service is and which variable of the environment holds its key. */
export interface ServiceAddress {
  readonly url: string;
  readonly keyVariable: string | null;
}

/** An answer of the embeddings API, as far as it is looked at. */
const Body = z.looseObject({
  data: z.array(z.looseObject({ index: z.number().int().min(0), embedding: z.array(z.number()).min(1) })),
});

/**
 * Opens the embeddings endpoint of an OpenAI-compatible service. Equal texts are asked once, ever. `embed` throws
 * UnusableEmbeddingsError, LanguageModelRefusedError or LanguageModelUnavailableError. Opening throws where the key's variable is not set.
 */
export function openEmbeddingsService(
  settings: EmbeddingsService,
  address: ServiceAddress,
  cache: AnswerCache,
  environment: NodeJS.ProcessEnv = process.env,
): TextEmbedder {
  const { model, prefix, textsPerRequest, concurrency } = settings;
  const client = openAiClient(address, settings, environment);
  const ask = async (texts: readonly string[]): Promise<Float32Array[]> => {
    const request = { model, input: [...texts], encoding_format: "float" as const };
    try {
      const response = await client.embeddings.create(request).asResponse();
      return readVectors(await response.text(), texts.length);
    } catch (error) {
      const unusable = refusedPrompt(error);
      if (unusable !== null) throw new UnusableEmbeddingsError(`the encoder refuses a text: ${unusable}`);
      return explainError(error, "the encoder");
    }
  };
  return {
    name: `${model} of ${settings.service}`,
    embed: async (texts) => {
      const given = texts.map((text) => prefix + text);
      const keys = given.map((text) =>
        createHash("sha256")
          .update(JSON.stringify(["embedding", address.url, model, text]))
          .digest("hex"),
      );
      const known = new Map(await cache.get(keys));
      const missing = [...new Map(keys.map((key, index) => [key, given[index] ?? ""]))].filter(
        ([key]) => !known.has(key),
      );
      const batches = Array.from({ length: Math.ceil(missing.length / textsPerRequest) }, (_, batch) =>
        missing.slice(batch * textsPerRequest, (batch + 1) * textsPerRequest),
      );
      await pMap(
        batches,
        async (batch) => {
          const vectors = await ask(batch.map(([, text]) => text));
          const answers = batch.map(([key], index) => ({
            key,
            answer: toText(vectors[index] ?? new Float32Array()),
            usage: noServiceUsage,
          }));
          await cache.put(answers);
          for (const { key, answer } of answers) known.set(key, answer);
        },
        { concurrency },
      );
      return ofOneLength(keys.map((key) => toVector(known.get(key) ?? "")));
    },
  };
}

/** The vectors of an answer with status 200, in the order of the texts. */
function readVectors(body: string, count: number): Float32Array[] {
  const parsed = Body.safeParse(parse(body));
  if (!parsed.success)
    throw new NotACompletionError(
      `the encoder is unavailable: its answer is none of the embeddings API: ${oneLine(body)}`,
    );
  const vectors = parsed.data.data.toSorted((a, b) => a.index - b.index);
  if (vectors.length !== count || vectors.some(({ index }, position) => index !== position))
    throw new UnusableEmbeddingsError(`the encoder gave ${vectors.length} vectors for ${count} texts`);
  return vectors.map(({ embedding }) => Float32Array.from(embedding));
}

function ofOneLength(vectors: Float32Array[]): Float32Array[] {
  const lengths = new Set(vectors.map(({ length }) => length));
  if (lengths.size <= 1) return vectors;
  throw new UnusableEmbeddingsError(`the encoder gave vectors of different lengths: ${[...lengths].join(", ")}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Encodes a vector as it is kept: the bytes of its single-precision numbers in base64. */
function toText(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}

function toVector(text: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  return new Float32Array(bytes.buffer);
}
