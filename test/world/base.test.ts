import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { worldBase } from "../../src/world/base/find.ts";
import { makeBase, openBase } from "../../src/world/base/make.ts";
import { baseRecipe } from "../../src/world/base/recipe.ts";
import type { Recipe } from "../../src/world/base/recipe.ts";
import { lowestReading, probeWorld } from "../../src/world/probes.ts";
import type { ProbeResults } from "../../src/world/probes.ts";

const keptWorld = 1;
const keptFolder = fileURLToPath(new URL("../../models/world-base", import.meta.url));

async function probeFolder(folder: string): Promise<ProbeResults> {
  const policy = await openBase(folder, 2);
  try {
    return await probeWorld(policy, keptWorld);
  } finally {
    await policy.close();
  }
}

describe("the kept base checkpoint", () => {
  let results: ProbeResults = {};
  beforeAll(async () => {
    results = await probeFolder(keptFolder);
  });

  it("is smaller than a megabyte", async () => {
    const sizes = await Promise.all((await readdir(keptFolder)).map(async (name) => (await stat(join(keptFolder, name))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_000_000);
  });

  it("reads every kind of line in held-out documents, and draws the answer from them", () => {
    expect(Object.keys(results).filter((name) => name.startsWith("probe/reading/"))).toHaveLength(7);
    expect(lowestReading(results)).toBeGreaterThanOrEqual(0.95);
  });

  it("remembers the facts it was taught and no others", () => {
    expect(results["probe/memory/known"]).toBeGreaterThan(0.9);
    expect(results["probe/memory/held-out"]).toBeLessThan(0.3);
  });
});

describe("making a base", () => {
  const short: Recipe = { phases: baseRecipe.phases.map((phase) => ({ ...phase, steps: 40, examples: 16, warmUpSteps: 10 })) };
  const folders: string[] = [];
  const losses: number[] = [];
  let made = "";

  async function makeShort(worldSeed: number, onLoss: (loss: number) => void): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "med-r3-test-base-"));
    folders.push(folder);
    await makeBase({ worldSeed, folder, recipe: short, threads: 1, onStep: ({ loss }) => onLoss(loss) });
    return folder;
  }
  const weights = (folder: string): Promise<Buffer> => readFile(join(folder, "model.safetensors"));
  beforeAll(async () => {
    made = await makeShort(3, (loss) => losses.push(loss));
  });
  afterAll(async () => {
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  });

  it("learns", () => {
    expect(losses).toHaveLength(40 * short.phases.length);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) - 1);
  });

  it("gives bitwise equal weights for equal seeds", async () => {
    const again = await makeShort(3, () => undefined);
    expect((await weights(made)).equals(await weights(again))).toBe(true);
  });

  it("writes a folder that opens, without an optimiser's state", async () => {
    expect((await readdir(made)).toSorted()).toEqual(["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]);
    const policy = await openBase(made, 1);
    expect(policy.optimizerSteps).toBe(0);
    await policy.close();
  });

  it("makes a base equal to the kept one by its scores", async () => {
    const folder = await mkdtemp(join(tmpdir(), "med-r3-test-base-"));
    folders.push(folder);
    await makeBase({ worldSeed: keptWorld, folder, recipe: baseRecipe, threads: 2, onStep: () => undefined });
    const [made, kept] = [await probeFolder(folder), await probeFolder(keptFolder)];
    expect(Object.keys(made)).toEqual(Object.keys(kept));
    const different = Object.entries(made).filter(([name, share]) => Math.abs(share - (kept[name] ?? 0)) > 0.05);
    expect(different).toEqual([]);
  }, 900_000);
});

describe("finding the base of a world", () => {
  it("takes the kept one for its world and makes one for another world once", async () => {
    const root = await mkdtemp(join(tmpdir(), "med-r3-test-base-"));
    try {
      const short: Recipe = { phases: baseRecipe.phases.map((phase) => ({ ...phase, steps: 3, examples: 4 })) };
      const fractions: number[] = [];
      const find = (worldSeed: number): Promise<string> => worldBase({ root, worldSeed, threads: 1, recipe: short, control: { onProgress: (fraction) => fractions.push(fraction) } });
      expect(relative(keptFolder, await find(keptWorld))).toBe("");
      const made = await find(2);
      expect(fractions.at(-1)).toBe(1);
      const { mtimeMs } = await stat(join(made, "model.safetensors"));
      expect(await find(2)).toBe(made);
      expect((await stat(join(made, "model.safetensors"))).mtimeMs).toBe(mtimeMs);
      expect(await readdir(join(root, ".bases"))).toHaveLength(1);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
});
