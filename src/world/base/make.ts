import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { makeOnce } from "../../files/makeOnce.ts";
import { createModelFolder } from "../../engines/onnx/model/create.ts";
import { openOnnxPolicy } from "../../engines/onnx/openEngine.ts";
import type { FolderPolicy } from "../../policy/folderPolicy.ts";
import type { World } from "../facts.ts";
import { worldTokenizer } from "../worldTokenizer.ts";
import { keepCheckpoint, newestCheckpoint } from "./baseCheckpoints.ts";
import { baseModel } from "./baseModel.ts";
import type { Recipe } from "./baseRecipe.ts";
import { trainBase } from "./trainPhases.ts";
import type { TrainingProgress } from "./trainPhases.ts";

/** What a base holds: the Hugging Face files without the optimiser's state, so that a run starts its own. */
const baseFiles = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];

/** Steps between checkpoints, from which an attempt goes on that was stopped: some seconds of work. */
const checkpointSteps = 50;

export interface MakeBaseOptions {
  readonly world: World;
  /** Created if missing; the base's files in it are replaced. */
  readonly folder: string;
  /** What is made on the way; an attempt that finds there what one before it left goes on from it. */
  readonly work: string;
  readonly recipe: Recipe;
  readonly threads: number;
  readonly onStep: (progress: TrainingProgress) => void;
}

/**
 * Makes the base of a world: fresh weights, then supervised training. Equal options give an equal base on one engine
 * fingerprint, in one go or in several.
 */
export async function makeBase({ world, folder, work, recipe, threads, onStep }: MakeBaseOptions): Promise<void> {
  const checkpoints = join(work, "checkpoints");
  const fresh = await makeOnce(join(work, "fresh"), (scratch) =>
    createModelFolder(scratch, baseModel(world), worldTokenizer(world), `${world.domain.name} ${world.worldSeed} base`),
  );
  const newest = await newestCheckpoint(checkpoints);
  const policy = await openBase(newest?.folder ?? fresh, threads);
  try {
    await trainBase(policy, world, recipe, {
      start: newest?.step ?? 0,
      onStep: async (progress) => {
        if (progress.step % checkpointSteps === 0 || progress.step === progress.steps)
          await keepCheckpoint(checkpoints, progress.step, policy);
        onStep(progress);
      },
    });
  } finally {
    await policy.close();
  }
  const trained = await newestCheckpoint(checkpoints);
  await mkdir(folder, { recursive: true });
  for (const name of baseFiles) await cp(join(trained?.folder ?? fresh, name), join(folder, name));
}

/** Opens a base of this size on the embedded engine; replicas of one thread share so small a model best. */
export function openBase(folder: string, threads: number): Promise<FolderPolicy> {
  return openOnnxPolicy({ folder, provider: "cpu", replicas: threads, threadsPerReplica: 1, microBatchTokens: 2048 });
}
