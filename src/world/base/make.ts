import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createModelFolder } from "../../policy/onnx/create.ts";
import { openOnnxPolicy } from "../../policy/onnx/openEngine.ts";
import type { Policy } from "../../policy/port.ts";
import { inventMedicine } from "../medicine.ts";
import { worldTokenizer } from "../tokenizer.ts";
import { baseModel } from "./model.ts";
import type { Recipe } from "./recipe.ts";
import { trainBase } from "./train.ts";
import type { TrainingProgress } from "./train.ts";

/** What a base checkpoint holds: the Hugging Face files without the optimiser's state, so that a run starts its own. */
const checkpointFiles = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];

export interface MakeBaseOptions {
  readonly worldSeed: number;
  /** Created if missing; the checkpoint's files in it are replaced. */
  readonly folder: string;
  readonly recipe: Recipe;
  readonly threads: number;
  readonly onStep: (progress: TrainingProgress) => void;
}

/** Makes the base of a world: fresh weights, then supervised training. Equal options give an equal base on one engine fingerprint. */
export async function makeBase({ worldSeed, folder, recipe, threads, onStep }: MakeBaseOptions): Promise<void> {
  const medicine = inventMedicine(worldSeed);
  const scratch = await mkdtemp(join(tmpdir(), "med-r3-base-"));
  try {
    const [fresh, trained] = [join(scratch, "fresh"), join(scratch, "trained")];
    await createModelFolder(fresh, baseModel(medicine), worldTokenizer(medicine), `world ${worldSeed} base`);
    const policy = await openBase(fresh, threads);
    try {
      await trainBase(policy, medicine, recipe, onStep);
      await mkdir(trained);
      await policy.save(trained);
    } finally {
      await policy.close();
    }
    await mkdir(folder, { recursive: true });
    for (const name of checkpointFiles) await cp(join(trained, name), join(folder, name));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Opens a base of this size on the embedded engine; replicas of one thread share so small a model best. */
export function openBase(folder: string, threads: number): Promise<Policy> {
  return openOnnxPolicy({ folder, provider: "cpu", replicas: threads, threadsPerReplica: 1, microBatchTokens: 2048 });
}
