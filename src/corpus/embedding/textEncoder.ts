import { planTokenBatches } from "./batches.ts";
import { padBatch } from "./tokenBatch.ts";
import { readEncoderConfig } from "./encoderConfig.ts";
import type { EncoderConfig, Pooling } from "./encoderConfig.ts";
import { openEncoderSession } from "./encoderSession.ts";
import { openTokenizer, type TextTokenizer } from "./encoderTokenizer.ts";

export interface TextEncoderOptions {
  /** Hugging Face folder: config.json, tokenizer.json, and model.onnx or model.safetensors. */
  readonly folder: string;
  /** Threads inside the operators. */
  readonly threads: number;
  /** Override what the folder says, for models whose folder says nothing. */
  readonly pooling?: Pooling;
  readonly normalise?: boolean;
}

/** Tokenizer and encoder in the calling thread: computing blocks it. */
export interface TextEncoder {
  /** One vector a text, one after another. */
  encode(texts: readonly string[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Opens an encoder from a Hugging Face folder. Throws CorpusError where the folder holds none that is known. */
export async function openTextEncoder({
  folder,
  threads,
  pooling,
  normalise,
}: TextEncoderOptions): Promise<TextEncoder> {
  const read = await readEncoderConfig(folder);
  const config: EncoderConfig = { ...read, pooling: pooling ?? read.pooling, normalise: normalise ?? read.normalise };
  const tokenizer = await openTokenizer(folder);
  const session = await openEncoderSession(folder, config, threads);
  return {
    encode: async (texts) => {
      const sequences = texts.map((text) => tokenize(tokenizer, text, config.maxTokens));
      const vectors = new Float32Array(texts.length * config.hiddenSize);
      for (const indices of planTokenBatches(sequences.map((ids) => ids.length))) {
        const flat = await session.embed(
          padBatch(
            indices.map((index) => sequences[index] ?? []),
            config.padTokenId,
          ),
        );
        for (const [row, index] of indices.entries())
          vectors.set(flat.subarray(row * config.hiddenSize, (row + 1) * config.hiddenSize), index * config.hiddenSize);
      }
      return vectors;
    },
    close: () => session.close(),
  };
}

/** Token ids with special tokens; a text that is too long keeps its beginning and its closing token. */
function tokenize(tokenizer: TextTokenizer, text: string, maxTokens: number): number[] {
  const ids = tokenizer.encode(text);
  const last = ids.at(-1);
  return ids.length <= maxTokens || last === undefined ? ids : [...ids.slice(0, maxTokens - 1), last];
}
