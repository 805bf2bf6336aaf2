import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { adaptableModules } from "./lora.ts";
import type { AdaptableModule, LoraSettings } from "./lora.ts";
import { parseJson } from "./modelFolder.ts";

const adapterConfigFile = "adapter_config.json";

/** What is read of PEFT's adapter_config.json. */
const AdapterConfig = z.looseObject({
  peft_type: z.literal("LORA"),
  base_model_name_or_path: z.string().min(1),
  r: z.number().int().min(1),
  lora_alpha: z.number().positive(),
  target_modules: z.array(z.enum(Object.keys(adaptableModules) as [AdaptableModule, ...AdaptableModule[]])).min(1),
  bias: z.literal("none").optional(),
  use_rslora: z.literal(false).optional(),
  use_dora: z.literal(false).optional(),
});

export interface AdapterFolder {
  readonly baseFolder: string;
  readonly lora: LoraSettings;
}

/** Reads a PEFT adapter's settings; null when the folder holds none. */
export async function readAdapterFolder(folder: string): Promise<AdapterFolder | null> {
  const path = join(folder, adapterConfigFile);
  if (!existsSync(path)) return null;
  const parsed = AdapterConfig.safeParse(parseJson(await readFile(path, "utf8"), path));
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  const { base_model_name_or_path: base, r: rank, lora_alpha: alpha, target_modules: targetModules } = parsed.data;
  if (!existsSync(base)) throw new Error(`${path}: the base model folder ${base} is not there`);
  return { baseFolder: resolve(base), lora: { rank, alpha, targetModules } };
}

/** Writes the settings that PEFT needs to load the adapter. */
export async function writeAdapterConfig(folder: string, { baseFolder, lora }: AdapterFolder): Promise<void> {
  const config = {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    base_model_name_or_path: baseFolder,
    r: lora.rank,
    lora_alpha: lora.alpha,
    target_modules: lora.targetModules,
    lora_dropout: 0,
    bias: "none",
    inference_mode: true,
  };
  await writeFile(join(folder, adapterConfigFile), `${JSON.stringify(config, null, 2)}\n`);
}
