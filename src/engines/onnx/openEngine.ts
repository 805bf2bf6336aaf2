import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadTokenizer } from "../../policy/tokenizer.ts";
import { readAdapterFolder } from "./model/adapterFolder.ts";
import type { AdapterFolder } from "./model/adapterFolder.ts";
import { OnnxPolicy } from "./onnxPolicy.ts";
import type { OnnxPolicyOptions } from "./onnxPolicy.ts";
import { availableMemory, fitMicroBatchTokens } from "./memory.ts";
import { readModelFolder } from "./model/modelFolder.ts";
import { ReplicaPool } from "./replicas/replicaPool.ts";

/** Opens a model folder on the embedded engine. */
export async function openOnnxPolicy(asked: OnnxPolicyOptions): Promise<OnnxPolicy> {
  const adapter = await openAdapter(asked);
  const { folder } = asked;
  const model = await readModelFolder(
    existsSync(join(folder, "config.json")) || adapter === null ? folder : adapter.baseFolder,
  );
  const tokenizerFolder = existsSync(join(folder, "tokenizer.json")) || adapter === null ? folder : adapter.baseFolder;
  const tokenizer = await loadTokenizer(tokenizerFolder);
  if (tokenizer.vocabularySize > model.config.vocabularySize) {
    throw new Error(
      `${folder}: the tokenizer has ${tokenizer.vocabularySize} tokens, the model only ${model.config.vocabularySize}`,
    );
  }
  const {
    provider,
    replicas,
    threadsPerReplica: threads,
    recomputeActivations = false,
    reference = false,
    precision = "float32",
  } = asked;
  if (precision === "float16" && model.config.gemma !== null)
    throw new Error(`${folder}: policy.precision: float16 is too narrow for Gemma 3's activations; take float32`);
  const lora = adapter?.lora ?? null;
  const memory = { replicas, microBatchTokens: asked.microBatchTokens, recomputeActivations, reference, precision };
  const options = {
    ...asked,
    microBatchTokens: fitMicroBatchTokens(model.config, lora, memory, asked.memoryBytes ?? availableMemory()),
  };
  const pool = new ReplicaPool({
    config: model.config,
    lora,
    baseFolder: adapter?.baseFolder ?? null,
    options: { provider, threads, precision },
    replicas,
    tokenizerFolder,
    recomputeActivations,
  });
  const policy = new OnnxPolicy(options, model, adapter, tokenizer, pool);
  try {
    await pool.first("checkProvider");
    await policy.load(folder);
  } catch (error) {
    await policy.close();
    throw error;
  }
  return policy;
}

/** The adapters to learn: those of the folder, else fresh ones on the folder's model when asked for. */
async function openAdapter({ folder, lora }: OnnxPolicyOptions): Promise<AdapterFolder | null> {
  const found = await readAdapterFolder(folder);
  if (found === null) return lora === undefined ? null : { baseFolder: resolve(folder), lora };
  if (lora !== undefined && JSON.stringify(lora) !== JSON.stringify(found.lora)) {
    throw new Error(
      `${folder}: holds an adapter of ${JSON.stringify(found.lora)}, asked for is ${JSON.stringify(lora)}`,
    );
  }
  return found;
}
