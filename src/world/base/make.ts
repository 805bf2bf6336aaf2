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

/** Smallest share of each kind of probe of a base that has the skill. */
const enough = 0.95;

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
  readonly onStep: (progress: TrainingProgress & { readonly draw: number }) => void;
}

/**
 * Makes the base of a world: fresh weights, then supervised training until it reads every kind of line and its last search asks about what the question
 * names; where mending does not make it read, from other fresh weights. Equal options give an equal base on one engine fingerprint, in one go or in several.
 */
export async function makeBase(options: MakeBaseOptions): Promise<void> {
  const { recipe, folder } = options;
  const draws = recipe.mending?.draws ?? 1;
  let made = await drawBase(options, 1);
  for (let draw = 2; draw <= draws && made.lacking === "reading"; draw++) made = await drawBase(options, draw);
  await mkdir(folder, { recursive: true });
  for (const name of baseFiles) await cp(join(made.folder, name), join(folder, name));
}

interface DrawnBase {
  readonly folder: string;
  /** What it lacks when it is mended no further; null where nothing, or where a recipe does not ask. */
  readonly lacking: Skill | null;
}

/** A base from one draw of fresh weights, trained and mended. */
async function drawBase(
  { world, work: parent, recipe, threads, onStep }: MakeBaseOptions,
  draw: number,
): Promise<DrawnBase> {
  const work = join(parent, String(draw));
  const checkpoints = join(work, "checkpoints");
  const name = `${world.domain.name} ${world.worldSeed} base${draw === 1 ? "" : ` ${draw}`}`;
  const fresh = await makeOnce(join(work, "fresh"), (scratch) =>
    createModelFolder(scratch, baseModel(world), worldTokenizer(world), name),
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
        onStep({ ...progress, draw });
      },
    });
  let lacking: Skill | null = null;
  try {
    const mendings = await readMendings(work);
    const phases = [...recipe.phases, ...mendings.flatMap((skill) => recipe.mending?.[skill] ?? [])];
    await train(phases);
    while (recipe.mending !== null) {
      lacking = lackingSkill(await probeWorld(policy, world));
      if (lacking === null || mendings.length === recipe.mending.rounds) break;
      await keepMendings(work, [...mendings, lacking]);
      mendings.push(lacking);
      phases.push(recipe.mending[lacking]);
      await train(phases);
    }
  } finally {
    await policy.close();
  }
  return { folder: (await newestCheckpoint(checkpoints))?.folder ?? fresh, lacking };
}

/** Reading first: what is asked is of no use to a base that does not read the answer. */
function lackingSkill(results: ProbeResults): Skill | null {
  return (["reading", "asking"] as const).find((skill) => lowest(skill, results) < enough) ?? null;
}

/** Opens a base of this size on the embedded engine; replicas of one thread share so small a model best. */
export function openBase(folder: string, threads: number): Promise<FolderPolicy> {
  return openOnnxPolicy({ folder, provider: "cpu", replicas: threads, threadsPerReplica: 1, microBatchTokens: 2048 });
}
