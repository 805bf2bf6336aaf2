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
import { lowest, probeWorld, type ProbeResults } from "../probes.ts";
import type { Phase, Recipe } from "./baseRecipe.ts";
import { keepMendings, readMendings, type Skill } from "./mendings.ts";
import { trainBase } from "./trainPhases.ts";
import type { TrainingProgress } from "./trainPhases.ts";

/** What a base holds: the Hugging Face files without the optimiser's state, so that a run starts its own. */
const baseFiles = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];

/** Smallest share of each kind of probe of a base that has the skill. What it asks rightly most of the time, training makes it ask always. */
const enough: Readonly<Record<Skill, number>> = { reading: 0.95, asking: 0.85 };

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
 * Makes the base of a world: fresh weights, then supervised training until it reads every kind of line and its last search asks about what the question
 * names. Equal options give an equal base on one engine fingerprint, in one go or in several.
 */
export async function makeBase({ world, folder, work, recipe, threads, onStep }: MakeBaseOptions): Promise<void> {
  const checkpoints = join(work, "checkpoints");
  const fresh = await makeOnce(join(work, "fresh"), (scratch) =>
    createModelFolder(scratch, baseModel(world), worldTokenizer(world), `${world.domain.name} ${world.worldSeed} base`),
  );
  const newest = await newestCheckpoint(checkpoints);
  const policy = await openBase(newest?.folder ?? fresh, threads);
  let done = newest?.step ?? 0;
  const train = (phases: readonly Phase[]): Promise<void> =>
    trainBase(policy, world, phases, {
      start: done,
      onStep: async (progress) => {
        done = progress.step;
        if (done % checkpointSteps === 0 || done === progress.steps) await keepCheckpoint(checkpoints, done, policy);
        onStep(progress);
      },
    });
  try {
    const mendings = await readMendings(work);
    const phases = [...recipe.phases, ...mendings.flatMap((skill) => recipe.mending?.[skill] ?? [])];
    await train(phases);
    while (recipe.mending !== null && mendings.length < recipe.mending.rounds) {
      const lacking = lackingSkill(await probeWorld(policy, world));
      if (lacking === null) break;
      await keepMendings(work, [...mendings, lacking]);
      mendings.push(lacking);
      phases.push(recipe.mending[lacking]);
      await train(phases);
    }
  } finally {
    await policy.close();
  }
  const trained = await newestCheckpoint(checkpoints);
  await mkdir(folder, { recursive: true });
  for (const name of baseFiles) await cp(join(trained?.folder ?? fresh, name), join(folder, name));
}

/** Reading first: what is asked is of no use to a base that does not read the answer. */
function lackingSkill(results: ProbeResults): Skill | null {
  return (["reading", "asking"] as const).find((skill) => lowest(skill, results) < enough[skill]) ?? null;
}

/** Opens a base of this size on the embedded engine; replicas of one thread share so small a model best. */
export function openBase(folder: string, threads: number): Promise<FolderPolicy> {
  return openOnnxPolicy({ folder, provider: "cpu", replicas: threads, threadsPerReplica: 1, microBatchTokens: 2048 });
}
