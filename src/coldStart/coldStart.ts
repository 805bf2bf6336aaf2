import { createHash } from "node:crypto";
import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { openCorpus } from "../corpus/openCorpus.ts";
import type { CorpusSettings } from "../corpus/corpusSettings.ts";
import type { Dataset } from "../domain/dataset.ts";
import type { RunEnvironment } from "../environments/runEnvironment.ts";
import { exists, makeOnce } from "../files/makeOnce.ts";
import type { FolderPolicy } from "../policy/folderPolicy.ts";
import type { RunControl } from "../policy/port.ts";
import { keepCheckpoint, newestCheckpoint } from "../world/base/baseCheckpoints.ts";
import { createDemonstrations } from "./demonstrations.ts";
import { prepareMaterial } from "./material.ts";
import { coldStartRecipe } from "./coldStartRecipe.ts";
import type { ColdStartRecipe } from "./coldStartRecipe.ts";
import { stepsOf, trainColdStart } from "./trainColdStart.ts";

/** A base holds the Hugging Face files without the optimiser's state, so that a run starts its own. */
const baseFiles = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];

/** Steps between checkpoints, from which an attempt goes on that was stopped. */
const checkpointSteps = 20;

export interface ColdStartOptions {
  /** Storage root; bases are kept under `.bases`. */
  readonly root: string;
  readonly dataset: Dataset;
  /** How the corpus is indexed and asked. */
  readonly corpusSettings: CorpusSettings;
  /** What the run's policy can do: the demonstrations show it. */
  readonly environment: RunEnvironment;
  /** Opens a model folder to train it. */
  readonly open: (folder: string) => Promise<FolderPolicy>;
  readonly control: RunControl;
  readonly recipe?: ColdStartRecipe;
}

/**
 * The folder of a small policy that knows the protocol and the corpus' language, made from the data set alone: a
 * tokenizer, fresh weights, supervised training. Made once for each content and recipe, then found again. What is made on the
 * way is kept beside it until then, so that an attempt that is stopped loses seconds, not minutes.
 */
export async function coldStartBase(options: ColdStartOptions): Promise<string> {
  const { root, dataset, environment, recipe = coldStartRecipe } = options;
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([recipe, dataset.fingerprint, environment.chosen]))
    .digest("hex")
    .slice(0, 32);
  const folder = join(root, ".bases", fingerprint);
  if (await exists(folder)) return folder;
  const work = `${folder}.making`;
  await mkdir(work, { recursive: true });
  const trained = await train(work, { ...options, recipe });
  await makeOnce(folder, async (scratch) => {
    for (const name of baseFiles) await cp(join(trained, name), join(scratch, name));
  });
  await rm(work, { recursive: true, force: true });
  return folder;
}

/** The folder of the last checkpoint. */
async function train(
  work: string,
  { dataset, corpusSettings, environment, open, recipe, control }: Required<ColdStartOptions>,
): Promise<string> {
  control.onProgress?.(0, "reading the passages, learning a tokenizer, indexing");
  const {
    fresh,
    corpus: folder,
    openings,
    tokens,
  } = await prepareMaterial(work, dataset, corpusSettings, environment.tags, recipe, control);
  const checkpoints = join(work, "checkpoints");
  const newest = await newestCheckpoint(checkpoints);
  const steps = stepsOf(recipe);
  const policy = await open(newest?.folder ?? fresh);
  const corpus = await openCorpus(folder);
  try {
    const demonstrations = createDemonstrations(
      { questions: dataset.training, openings, search: corpus, tokenizer: policy.tokenizer, environment },
      recipe.demonstration,
    );
    const onStep = async (step: number): Promise<void> => {
      control.onProgress?.(step / steps, `supervised training, step ${step} of ${steps}`);
      if (step % checkpointSteps === 0 || step === steps) await keepCheckpoint(checkpoints, step, policy);
    };
    await trainColdStart(policy, { tokens, demonstrations }, recipe, newest?.step ?? 0, { ...control, onStep });
  } finally {
    corpus.close();
    await policy.close();
  }
  return join(checkpoints, String(steps));
}
