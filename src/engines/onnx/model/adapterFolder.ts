import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { adaptableModules } from "./lora.ts";
import type { AdaptableModule, LoraSettings } from "./lora.ts";
import { readJsonSettings } from "../../../files/jsonFile.ts";

const adapterConfigFile = "adapter_config.json";

const absent = z.union([z.null(), z.strictObject({}), z.tuple([])]).optional();
const off = z.literal(false).nullish();

/**
 * What is read of PEFT's adapter_config.json, and what else may stand there since it changes nothing that is computed. Every other
 * setting is refused by its name.
 */
const AdapterConfig = z.strictObject({
  peft_type: z.literal("LORA"),
  base_model_name_or_path: z.string().min(1),
  r: z.number().int().min(1),
  lora_alpha: z.number().positive(),
  target_modules: z.array(z.enum(Object.keys(adaptableModules) as [AdaptableModule, ...AdaptableModule[]])).min(1),
  task_type: z.literal("CAUSAL_LM").nullish(),
  bias: z.literal("none").nullish(),
  // Settings that change which weights are adapted, or how: only their neutral values.
  ...Object.fromEntries(
    ["use_rslora", "use_dora", "use_qalora", "lora_bias", "fan_in_fan_out", "use_bdlora"].map((name) => [name, off]),
  ),
  ...Object.fromEntries(
    [
      "modules_to_save",
      "rank_pattern",
      "alpha_pattern",
      "layers_to_transform",
      "layers_pattern",
      "layer_replication",
      "target_parameters",
      "exclude_modules",
      "trainable_token_indices",
      "alora_invocation_tokens",
      "arrow_config",
      "kasa_config",
      "monteclora_config",
      "velora_config",
      "megatron_config",
    ].map((name) => [name, absent]),
  ),
  // PiSSA, OLoRA, LoftQ and their like change the base's weights too.
  init_lora_weights: z.union([z.boolean(), z.enum(["gaussian", "orthogonal", "eva"])]).nullish(),
  // Of learning, of how the first weights were made, and bookkeeping; loaded weights replace them.
  ...Object.fromEntries(
    [
      "lora_dropout",
      "inference_mode",
      "auto_mapping",
      "peft_version",
      "revision",
      "megatron_core",
      "loftq_config",
      "eva_config",
      "corda_config",
      "lora_ga_config",
      "qalora_group_size",
      "ensure_weight_tying",
      "runtime_config",
    ].map((name) => [name, z.unknown().optional()]),
  ),
});

export interface AdapterFolder {
  readonly baseFolder: string;
  readonly lora: LoraSettings;
}

/** Reads a PEFT adapter's settings; null when the folder holds none. */
export async function readAdapterFolder(folder: string): Promise<AdapterFolder | null> {
  const path = join(folder, adapterConfigFile);
  if (!existsSync(path)) return null;
  const parsed = AdapterConfig.safeParse(await readJsonSettings(path));
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
