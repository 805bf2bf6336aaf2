import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomStream } from "../../../domain/seed.ts";
import { createRest } from "../../../eventLoop/rest.ts";
import { writeFully } from "./bytes.ts";
import { weightsFile } from "./modelFolder.ts";
import { parseModelConfig, type ModelConfig } from "./modelConfig.ts";
import { layOutParameters } from "./parameters.ts";
import { layOutSafetensors } from "../../../onnx/safetensors.ts";

/** Shape of a new model of the Llama family. */
export interface NewModel
  extends Pick<
    ModelConfig,
    | "vocabularySize"
    | "hiddenSize"
    | "feedForwardSize"
    | "layers"
    | "heads"
    | "keyValueHeads"
    | "maximumPositions"
    | "tiedEmbeddings"
  > {
  /** Standard deviation of fresh matrices; the family's customary 0.02 is too small for a narrow model to learn fast. */
  readonly initialDeviation?: number;
  /** Id of the token that ends a response. */
  readonly endOfTextId: number;
}

/** Contents of tokenizer.json and tokenizer_config.json. */
export interface NewTokenizer {
  readonly tokenizer: unknown;
  readonly configuration: unknown;
}

/** Values that are drawn before it is seen whether others wait for the event loop. */
const valuesTogether = 10_000;

/** Standard deviation of fresh matrices, as customary for this family. */
const customaryDeviation = 0.02;

/**
 * Writes a Hugging Face folder with fresh weights that depend on the seed alone. Matrices are normal; those that write into
 * the residual stream are scaled by 1 ÷ √(2 · layers), as GPT-2 does; norms are 1.
 */
export async function createModelFolder(
  folder: string,
  model: NewModel,
  tokenizer: NewTokenizer,
  seed: string,
): Promise<void> {
  const config = huggingFaceConfig(model);
  const initialDeviation = model.initialDeviation ?? customaryDeviation;
  const parameters = layOutParameters(parseModelConfig(config, join(folder, "config.json")));
  const layout = layOutSafetensors(parameters, { format: "pt" });
  await mkdir(folder, { recursive: true });
  const rest = createRest();
  const file = await open(join(folder, weightsFile), "w");
  await writeFully(file, layout.header, 0);
  for (const { name, dims, size } of parameters) {
    const random = randomStream(["initial weights", seed, name]);
    const deviation = /(o_proj|down_proj)\.weight$/.test(name)
      ? initialDeviation / Math.sqrt(2 * model.layers)
      : initialDeviation;
    const values = new Float32Array(size);
    for (let index = 0; index < size; index++) {
      values[index] = dims.length === 1 ? 1 : random.normal() * deviation;
      if (index % valuesTogether === 0) await rest();
    }
    await writeFully(file, new Uint8Array(values.buffer), layout.starts.get(name) ?? 0);
  }
  await file.close();
  const json: [string, unknown][] = [
    ["config.json", config],
    ["tokenizer.json", tokenizer.tokenizer],
    ["tokenizer_config.json", tokenizer.configuration],
  ];
  for (const [name, contents] of json) await writeFile(join(folder, name), `${JSON.stringify(contents, null, 2)}\n`);
}

function huggingFaceConfig(model: NewModel): Record<string, unknown> {
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    vocab_size: model.vocabularySize,
    hidden_size: model.hiddenSize,
    intermediate_size: model.feedForwardSize,
    num_hidden_layers: model.layers,
    num_attention_heads: model.heads,
    num_key_value_heads: model.keyValueHeads,
    max_position_embeddings: model.maximumPositions,
    tie_word_embeddings: model.tiedEmbeddings,
    hidden_act: "silu",
    rms_norm_eps: 1e-5,
    rope_theta: 10_000,
    bos_token_id: null,
    eos_token_id: model.endOfTextId,
    torch_dtype: "float32",
  };
}
