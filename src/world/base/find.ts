import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { exists, makeOnce } from "../../files/makeOnce.ts";
import type { RunControl } from "../../policy/port.ts";
import type { World } from "../facts.ts";
import { baseRegime } from "../regime.ts";
import { makeBase, type MakeBaseOptions } from "./make.ts";
import { recipeIn } from "./baseRecipe.ts";
import type { Recipe } from "./baseRecipe.ts";

export interface WorldBaseOptions {
  /** Storage root; bases are kept under `.bases`. */
  readonly root: string;
  readonly world: World;
  readonly threads: number;
  readonly control: RunControl;
  readonly recipe?: Recipe;
}

/** The folder of a world's base, made once (a few minutes) and then found again; an attempt that is stopped loses seconds. */
export async function worldBase({
  root,
  world,
  threads,
  control,
  recipe = recipeIn(world.regime),
}: WorldBaseOptions): Promise<string> {
  const taught = baseRegime(world.regime);
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([recipe, world.domain, world.worldSeed, ...(taught === null ? [] : [taught])]))
    .digest("hex")
    .slice(0, 32);
  const folder = join(root, ".bases", fingerprint);
  if (await exists(folder)) return folder;
  const work = `${folder}.making`;
  const onStep: MakeBaseOptions["onStep"] = ({ step, steps, draw }) => {
    control.signal?.throwIfAborted();
    const again = draw === 1 ? "" : `, from fresh weights once more (${draw}.): those before did not learn to read`;
    control.onProgress?.(step / steps, `supervised training, step ${step} of ${steps}${again}`);
  };
  await makeOnce(folder, (scratch) => makeBase({ world, folder: scratch, work, recipe, threads, onStep }));
  await rm(work, { recursive: true, force: true });
  return folder;
}
