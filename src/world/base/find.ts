import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exists, makeOnce } from "../../files/makeOnce.ts";
import type { RunControl } from "../../policy/port.ts";
import { makeBase } from "./make.ts";
import { baseRecipe } from "./recipe.ts";
import type { Recipe } from "./recipe.ts";

/** The world whose base is kept in the project. */
export const keptWorldSeed = 1;

const keptFolder = fileURLToPath(new URL("../../../models/world-base", import.meta.url));

export interface WorldBaseOptions {
  /** Storage root; bases are kept under `.bases`. */
  readonly root: string;
  readonly worldSeed: number;
  readonly threads: number;
  readonly control: RunControl;
  readonly recipe?: Recipe;
}

/** The folder of a world's base: the kept one, or one made for this world once (a few minutes) and then found again; an attempt that is stopped loses seconds. */
export async function worldBase({
  root,
  worldSeed,
  threads,
  control,
  recipe = baseRecipe,
}: WorldBaseOptions): Promise<string> {
  if (worldSeed === keptWorldSeed) return keptFolder;
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([recipe, worldSeed]))
    .digest("hex")
    .slice(0, 32);
  const folder = join(root, ".bases", fingerprint);
  if (await exists(folder)) return folder;
  const work = `${folder}.making`;
  const onStep = ({ step, steps }: { step: number; steps: number }): void => {
    control.signal?.throwIfAborted();
    control.onProgress?.(step / steps, `supervised training, step ${step} of ${steps}`);
  };
  await makeOnce(folder, (scratch) => makeBase({ worldSeed, folder: scratch, work, recipe, threads, onStep }));
  await rm(work, { recursive: true, force: true });
  return folder;
}
