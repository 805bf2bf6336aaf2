import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createModelFolder } from "../../src/engines/onnx/model/create.ts";
import type { RunControl } from "../../src/policy/port.ts";
import { createExamples } from "../../src/world/base/trainingExamples.ts";
import { worldBase } from "../../src/world/base/find.ts";
import { makeBase, openBase } from "../../src/world/base/make.ts";
import { baseModel } from "../../src/world/base/baseModel.ts";
import { baseRecipe } from "../../src/world/base/baseRecipe.ts";
import type { Recipe } from "../../src/world/base/baseRecipe.ts";
import { taskOf } from "../../src/tasks/taskRegistry.ts";
import { machines } from "../../src/tasks/machines/machines.ts";
import { medicine } from "../../src/tasks/world/medicine.ts";
import type { Domain } from "../../src/world/domain.ts";
import { inventWorld } from "../../src/world/facts.ts";
import { defaultRegime, type Regime } from "../../src/world/regime.ts";
import { lowest, probeWorld } from "../../src/world/probes.ts";
import type { ProbeResults } from "../../src/world/probes.ts";
import { worldTokenizer } from "../../src/world/worldTokenizer.ts";

const keptWorld = 1;
const keptFolder = fileURLToPath(new URL("../../models/world-base", import.meta.url));

/** SHA-256 of what the kept base was made of; where it changes, the base is to be made anew (`npm run make-base`), and compared by `npm run bench -- base`. */
const keptMaterial = "392185098fa15f5cfb1fe00a7826b738f909719990c4dbc73f4d8adcf0369691";

/** Fresh weights, tokenizer and configuration, phases, and supervised examples of each phase's first and last steps. */
async function materialHash(worldSeed: number): Promise<string> {
  const world = inventWorld(medicine, worldSeed);
  const folder = await mkdtemp(join(tmpdir(), "med-r3-test-base-"));
  const { phases } = baseRecipe;
  const hash = createHash("sha256").update(JSON.stringify({ phases }));
  try {
    await createModelFolder(folder, baseModel(world), worldTokenizer(world), `world ${worldSeed} base`);
    for (const name of (await readdir(folder)).toSorted()) hash.update(await readFile(join(folder, name)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  for (const [index, { steps, examples, mixture }] of phases.entries()) {
    const example = createExamples(world, mixture);
    for (let i = 0; i < 400; i++)
      hash.update(JSON.stringify([example(`phase ${index}`, i), example(`phase ${index}`, steps * examples - 1 - i)]));
  }
  return hash.digest("hex");
}

async function probeFolder(folder: string): Promise<ProbeResults> {
  const policy = await openBase(folder, 2);
  try {
    return await probeWorld(policy, inventWorld(medicine, keptWorld));
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
    const sizes = await Promise.all(
      (await readdir(keptFolder)).map(async (name) => (await stat(join(keptFolder, name))).size),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_000_000);
  });

  it("reads every kind of line in held-out documents, and draws the answer from them", () => {
    expect(Object.keys(results).filter((name) => name.startsWith("probe/reading/"))).toHaveLength(9);
    expect(lowest("reading", results)).toBeGreaterThanOrEqual(0.95);
  });

  it("names the question's circumstance in its last search", () => {
    expect(lowest("asking", results)).toBeGreaterThanOrEqual(0.95);
  });

  it("remembers the facts it was taught and no others", () => {
    expect(results["probe/memory/known"]).toBeGreaterThan(0.9);
    expect(results["probe/memory/held-out"]).toBeLessThan(0.3);
  });
});

describe("making a base", () => {
  const short: Recipe = {
    phases: baseRecipe.phases.map((phase) => ({ ...phase, steps: 40, examples: 6, warmUpSteps: 10 })),
    mending: null,
  };
  const folders: string[] = [];
  const losses: number[] = [];
  let made = "";

  async function newFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "med-r3-test-base-"));
    folders.push(folder);
    return folder;
  }

  async function makeShort(worldSeed: number, onLoss: (loss: number) => void): Promise<string> {
    const folder = await newFolder();
    await makeBase({
      world: inventWorld(medicine, worldSeed),
      folder,
      work: join(folder, "making"),
      recipe: short,
      threads: 1,
      onStep: ({ loss }) => onLoss(loss),
    });
    await rm(join(folder, "making"), { recursive: true });
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

  it("goes on with the mending phase of what it lacks, then from other weights, so many times at most; stopped on the way, to an equal base", async () => {
    const [phase] = baseRecipe.phases;
    if (phase === undefined) throw new Error("the recipe has no phase");
    const brief = { ...phase, steps: 2, examples: 2 };
    const mending = { rounds: 2, draws: 2, reading: { ...brief, steps: 60 }, asking: { ...brief, steps: 60 } };
    type Place = readonly [draw: number, step: number];
    const make = async (folder: string, onStep: (place: Place) => void): Promise<void> => {
      await makeBase({
        world: inventWorld(medicine, 3),
        folder,
        work: join(folder, "making"),
        recipe: { phases: [brief], mending },
        threads: 1,
        onStep: ({ draw, step }) => onStep([draw, step]),
      });
    };
    const [undisturbed, stopped] = [await newFolder(), await newFolder()];
    const places: Place[] = [];
    await make(undisturbed, (place) => places.push(place));
    expect(places).toEqual(
      [1, 2].flatMap((draw) => Array.from({ length: 2 + 2 * 60 }, (_, index) => [draw, index + 1])),
    );
    const stopAt = (last: Place) => (place: Place) => {
      if (place.join() === last.join()) throw new Error("the worker ends");
    };
    await expect(make(stopped, stopAt([1, 55]))).rejects.toThrow("the worker ends");
    await expect(make(stopped, stopAt([2, 115]))).rejects.toThrow("the worker ends");
    const resumed: Place[] = [];
    await make(stopped, (place) => resumed.push(place));
    expect([resumed[0], resumed.at(-1)]).toEqual([
      [2, 101],
      [2, 122],
    ]);
    expect((await weights(stopped)).equals(await weights(undisturbed))).toBe(true);
  });

  it("writes a folder that opens, without an optimiser's state", async () => {
    expect((await readdir(made)).toSorted()).toEqual([
      "config.json",
      "model.safetensors",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    const policy = await openBase(made, 1);
    expect(policy.optimizerSteps).toBe(0);
    await policy.close();
  });

  it("draws from the world what the kept base was made of", async () => {
    expect(await materialHash(keptWorld)).toBe(keptMaterial);
  });
});

describe("finding the base of a world", () => {
  it("takes the kept one where a task has one", async () => {
    const base = taskOf({ dataset: "world", worldSeed: keptWorld }).base;
    expect(relative(keptFolder, (await base?.({ root: "/nowhere", threads: 1, control: {} })) ?? "none")).toBe("");
  });

  it("makes one for a world of a domain once", async () => {
    const root = await mkdtemp(join(tmpdir(), "med-r3-test-base-"));
    try {
      const short: Recipe = {
        phases: baseRecipe.phases.map((phase) => ({ ...phase, steps: 3, examples: 4 })),
        mending: null,
      };
      const fractions: number[] = [];
      const find = (domain: Domain, regime: Partial<Regime> = {}): Promise<string> =>
        worldBase({
          root,
          world: inventWorld(domain, 2, { ...defaultRegime, ...regime }),
          threads: 1,
          recipe: short,
          control: { onProgress: (fraction) => fractions.push(fraction) },
        });
      const made = await find(medicine);
      expect(fractions.at(-1)).toBe(1);
      const { mtimeMs } = await stat(join(made, "model.safetensors"));
      expect(await find(medicine)).toBe(made);
      expect((await stat(join(made, "model.safetensors"))).mtimeMs).toBe(mtimeMs);
      expect(await readdir(join(root, ".bases"))).toHaveLength(1);
      expect(await find(machines)).not.toBe(made);
      expect(await readdir(join(root, ".bases"))).toHaveLength(2);
      // A regime has a base of its own where it teaches another one.
      expect(await find(medicine, { searchCost: 0.1, corruptedReferences: 0.5 })).toBe(made);
      expect(await find(medicine, { known: 0.6 })).not.toBe(made);
      expect(await readdir(join(root, ".bases"))).toHaveLength(3);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });

  it("goes on after a kill from the last checkpoint, to an equal base", async () => {
    const root = await mkdtemp(join(tmpdir(), "med-r3-test-base-"));
    try {
      const short: Recipe = {
        phases: baseRecipe.phases.map((phase) => ({ ...phase, steps: 47, examples: 2, warmUpSteps: 10 })),
        mending: null,
      };
      const find = (name: string, control: RunControl): Promise<string> =>
        worldBase({ root: join(root, name), world: inventWorld(medicine, 2), threads: 1, recipe: short, control });
      const undisturbed = await find("undisturbed", {});

      const stop = new AbortController();
      const stopping = {
        signal: stop.signal,
        onProgress: (_: number, doing = "") => {
          if (doing.includes("step 71 ")) stop.abort(new Error("the worker ends"));
        },
      };
      await expect(find("stopped", stopping)).rejects.toThrow("the worker ends");
      const steps: string[] = [];
      const resumed = await find("stopped", { onProgress: (_, doing = "") => steps.push(doing) });
      expect(steps[0]).toBe("supervised training, step 51 of 94");
      const weights = (folder: string): Promise<Buffer> => readFile(join(folder, "model.safetensors"));
      expect((await weights(resumed)).equals(await weights(undisturbed))).toBe(true);
      expect(await readdir(join(root, "stopped", ".bases"))).toHaveLength(1);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
});
