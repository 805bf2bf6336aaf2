import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { medicine } from "../src/tasks/world/medicine.ts";
import { keptBase } from "../src/tasks/world/worldTask.ts";
import { makeBase, openBase } from "../src/world/base/make.ts";
import { baseRecipe } from "../src/world/base/baseRecipe.ts";
import { inventWorld } from "../src/world/facts.ts";
import { probeWorld, type ProbeResults } from "../src/world/probes.ts";
import type { Bench } from "./harness.ts";

const threads = 2;
const world = inventWorld(medicine, keptBase.worldSeed);

/** The base kept in the project, made anew by its recipe: how far the probes of the two lie apart. */
export const bench: Bench = async function* () {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-bench-base-"));
  try {
    const made = join(folder, "base");
    await makeBase({
      world,
      folder: made,
      work: join(folder, "making"),
      recipe: baseRecipe,
      threads,
      onStep: () => undefined,
    });
    const [again, kept] = [await probe(made), await probe(keptBase.folder)];
    const differences = Object.entries(kept).map(([name, share]) => Math.abs(share - (again[name] ?? Number.NaN)));
    yield {
      name: "base/largest-difference-of-a-probe",
      value: Math.max(...differences),
      unit: "share of right answers; more than 0.05: the kept base is not what the recipe makes",
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function probe(folder: string): Promise<ProbeResults> {
  const policy = await openBase(folder, threads);
  try {
    return await probeWorld(policy, world);
  } finally {
    await policy.close();
  }
}
