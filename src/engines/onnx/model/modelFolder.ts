import { existsSync } from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { parseModelConfig } from "./modelConfig.ts";
import type { ModelConfig } from "./modelConfig.ts";
import { readJsonFile, readJsonSettings } from "../../../files/jsonFile.ts";

const WeightIndex = z.object({ weight_map: z.record(z.string(), z.string()) });

export const weightsFile = "model.safetensors";
export const adapterWeightsFile = "adapter_model.safetensors";
export const optimizerFile = "optimizer.safetensors";
const configFile = "config.json";

/** Files that belong to a model beside its weights; they are carried from folder to folder unchanged. */
const companions =
  /^(config|generation_config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab|chat_template)\.json$|^merges\.txt$|\.jinja$/;

export interface ModelFolder {
  readonly config: ModelConfig;
  readonly companions: ReadonlyMap<string, Uint8Array>;
}

/** Reads the config.json of a Hugging Face model folder. */
export async function readModelConfig(folder: string): Promise<ModelConfig> {
  const path = join(folder, configFile);
  if (!existsSync(path)) throw new Error(`${folder}: no ${configFile}; a Hugging Face model folder is wanted`);
  return parseModelConfig(await readJsonSettings(path), path);
}

/** Reads what a Hugging Face model folder says of its model, weights left out. */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const config = await readModelConfig(folder);
  const names = (await readdir(folder)).filter((name) => companions.test(name)).sort();
  const contents = new Map<string, Uint8Array>();
  for (const name of names) contents.set(name, await readFile(join(folder, name)));
  return { config, companions: contents };
}

/** Writes everything but the weights; config.json says float32, as the weights are saved. */
export async function writeCompanions(folder: string, contents: ReadonlyMap<string, Uint8Array>): Promise<void> {
  for (const [name, bytes] of contents) {
    if (name === configFile) {
      const config = z.record(z.string(), z.unknown()).parse(JSON.parse(new TextDecoder().decode(bytes)));
      const { dtype: _, ...rest } = config;
      await writeFile(join(folder, name), `${JSON.stringify({ ...rest, torch_dtype: "float32" }, null, 2)}\n`);
    } else {
      await writeFile(join(folder, name), bytes);
    }
  }
}

/** Paths of the files that hold a folder's weights: one, or the shards that the index names. */
export async function weightFiles(folder: string): Promise<string[]> {
  const single = join(folder, weightsFile);
  if (existsSync(single)) return [single];
  const index = join(folder, `${weightsFile}.index.json`);
  if (!existsSync(index))
    throw new Error(`${folder}: neither ${weightsFile} nor ${weightsFile}.index.json; only safetensors are read`);
  const { weight_map: map } = WeightIndex.parse(await readJsonFile(index));
  return [...new Set(Object.values(map))].sort().map((name) => join(folder, name));
}
