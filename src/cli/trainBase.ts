import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { medicine } from "../tasks/world/medicine.ts";
import { inventWorld } from "../world/facts.ts";
import { probeWorld } from "../world/probes.ts";
import { makeBase, openBase } from "../world/base/make.ts";
import { baseRecipe } from "../world/base/baseRecipe.ts";
import type { TrainingProgress } from "../world/base/trainPhases.ts";
import type { MakeBaseOptions } from "./makeBaseOptions.ts";
import { print, printError } from "../output/terminal.ts";

const stepsBetweenReports = 100;

/** Trains the base of a world, writes its checkpoint and prints its probes. */
export async function trainBase({ worldSeed, out, threads }: MakeBaseOptions): Promise<number> {
  const world = inventWorld(medicine, worldSeed);
  const work = await mkdtemp(join(tmpdir(), "med-r3-base-"));
  try {
    await makeBase({ world, folder: out, work, recipe: baseRecipe, threads, onStep: createStepTeller() });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const policy = await openBase(out, threads);
  try {
    for (const [name, share] of Object.entries(await probeWorld(policy, world))) print(`${name}\t${share.toFixed(3)}`);
  } finally {
    await policy.close();
  }
  return 0;
}

/** Tells the mean loss now and then. */
function createStepTeller(): (progress: TrainingProgress) => void {
  const started = performance.now();
  let losses: number[] = [];
  return ({ step, steps, loss }) => {
    losses.push(loss);
    if (step % stepsBetweenReports !== 0) return;
    const mean = losses.reduce((sum, value) => sum + value, 0) / losses.length;
    printError(
      `step ${step} of ${steps}, loss ${mean.toFixed(4)}, ${((performance.now() - started) / 1000).toFixed(0)} s`,
    );
    losses = [];
  };
}
