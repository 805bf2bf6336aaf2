import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createModelFolder, type NewModel, type NewTokenizer } from "../../src/engines/onnx/model/create.ts";
import { type OnnxPolicy } from "../../src/engines/onnx/onnxPolicy.ts";
import { openOnnxPolicy } from "../../src/engines/onnx/openEngine.ts";

/** Sizes at which the engine and PyTorch are compared. */
export const modelSizes = {
  "world-64": { hiddenSize: 64, feedForwardSize: 176, layers: 4, heads: 4, keyValueHeads: 2, vocabularySize: 900 },
  "world-128": { hiddenSize: 128, feedForwardSize: 352, layers: 4, heads: 4, keyValueHeads: 2, vocabularySize: 900 },
  "width-512": {
    hiddenSize: 512,
    feedForwardSize: 1408,
    layers: 8,
    heads: 8,
    keyValueHeads: 8,
    vocabularySize: 32_000,
  },
} satisfies Record<string, Omit<NewModel, "maximumPositions" | "tiedEmbeddings" | "endOfTextId">>;
export type ModelSize = keyof typeof modelSizes;

/** A fresh model of a size in a new temporary folder, which both sides load. */
export async function makeModel(size: ModelSize): Promise<string> {
  const shape = modelSizes[size];
  const folder = await mkdtemp(join(tmpdir(), `med-r3-bench-${size}-`));
  const model = { ...shape, maximumPositions: 1024, tiedEmbeddings: false, endOfTextId: 0 };
  await createModelFolder(folder, model, wordTokenizer(shape.vocabularySize), "bench");
  return folder;
}

/** A tokenizer of so many made-up words, the first of which ends a text. */
export function wordTokenizer(size: number): NewTokenizer {
  const vocabulary = Object.fromEntries(Array.from({ length: size }, (_, id) => [id === 0 ? "<eos>" : `w${id}`, id]));
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "WhitespaceSplit" },
    post_processor: null,
    decoder: null,
    model: {
      type: "WordPiece",
      unk_token: "<eos>",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: vocabulary,
    },
  };
  return { tokenizer, configuration: { eos_token: "<eos>" } };
}

/** How the cores are used: one process's threads on the peer's side, as many threads in all on ours. */
export const cores = 2;

/** Opens a folder on our engine with one single-threaded replica a core (faster than one replica on all cores). */
export function openEngine(folder: string, microBatchTokens: number, replicas = cores): Promise<OnnxPolicy> {
  return openOnnxPolicy({ folder, provider: "cpu", replicas, threadsPerReplica: cores / replicas, microBatchTokens });
}
