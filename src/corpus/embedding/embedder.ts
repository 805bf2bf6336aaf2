import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import type { TextEmbedder } from "../../domain/embedding.ts";
import type { VectorShape } from "../table.ts";
import { planTokenBatches } from "./batches.ts";
import { readEncoderConfig } from "./encoderConfig.ts";
import type { EncoderConfig, Pooling } from "./encoderConfig.ts";
import { openEncoderSession } from "./encoderSession.ts";
import type { TokenBatch } from "./encoderSession.ts";

export interface EmbedderOptions {
  /** Hugging Face folder: config.json, tokenizer.json, and model.onnx or model.safetensors. */
  readonly folder: string;
  readonly threads: number;
  /** Put before a text that is stored and before one that is asked, as some models want ("query: "). */
  readonly passagePrefix?: string;
  readonly queryPrefix?: string;
  /** Override what the folder says, for models whose folder says nothing. */
  readonly pooling?: Pooling;
  readonly normalise?: boolean;
}

/** An embedding model on onnxruntime. `embed` is for passages, `embedQueries` for questions. */
export interface Embedder extends TextEmbedder {
  readonly dimensions: number;
  embedQueries(texts: readonly string[]): Promise<Float32Array[]>;
  close(): Promise<void>;
}

export async function openEmbedder(options: EmbedderOptions): Promise<Embedder> {
  const { folder, threads, passagePrefix = "", queryPrefix = "" } = options;
  const read = await readEncoderConfig(folder);
  const config: EncoderConfig = { ...read, pooling: options.pooling ?? read.pooling, normalise: options.normalise ?? read.normalise };
  const tokenizer = await openTokenizer(folder);
  const session = await openEncoderSession(folder, config, threads);
  const embed = async (texts: readonly string[], prefix: string): Promise<Float32Array[]> => {
    const sequences = texts.map((text) => tokenize(tokenizer, prefix + text, config.maxTokens));
    const vectors: Float32Array[] = [];
    for (const indices of planTokenBatches(sequences.map((ids) => ids.length))) {
      const batch = padBatch(indices.map((index) => sequences[index] ?? []), config.padTokenId);
      const flat = await session.embed(batch);
      for (const [row, index] of indices.entries()) vectors[index] = flat.slice(row * config.hiddenSize, (row + 1) * config.hiddenSize);
    }
    return vectors;
  };
  return {
    name: basename(folder),
    dimensions: config.hiddenSize,
    embed: (texts) => embed(texts, passagePrefix),
    embedQueries: (texts) => embed(texts, queryPrefix),
    close: () => session.close(),
  };
}

/** What an embedder of this folder is called and how long its vectors are, without loading it. */
export async function readEmbedderShape(folder: string): Promise<VectorShape> {
  const { hiddenSize } = await readEncoderConfig(folder);
  return { name: basename(folder), dimensions: hiddenSize };
}

async function openTokenizer(folder: string): Promise<Tokenizer> {
  const read = async (name: string): Promise<object> => JSON.parse(await readFile(join(folder, name), "utf8")) as object;
  return new Tokenizer(await read("tokenizer.json"), await read("tokenizer_config.json").catch(() => ({})));
}

/** Token ids with special tokens; a text that is too long keeps its beginning and its closing token. */
function tokenize(tokenizer: Tokenizer, text: string, maxTokens: number): number[] {
  const { ids } = tokenizer.encode(text);
  const last = ids.at(-1);
  return ids.length <= maxTokens || last === undefined ? ids : [...ids.slice(0, maxTokens - 1), last];
}

function padBatch(sequences: readonly (readonly number[])[], padTokenId: number): TokenBatch {
  const tokens = Math.max(1, ...sequences.map((ids) => ids.length));
  const ids = new Int32Array(sequences.length * tokens).fill(padTokenId);
  const mask = new Int32Array(ids.length);
  for (const [row, sequence] of sequences.entries()) {
    ids.set(sequence, row * tokens);
    mask.fill(1, row * tokens, row * tokens + sequence.length);
  }
  return { ids, mask, rows: sequences.length, tokens };
}
