import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSite, type Site } from "../../bench/support/site.ts";
import { checkStudy } from "../../src/studies/checkStudy.ts";
import { readResult } from "../../src/studies/studyFolder.ts";
import { queues } from "../../temporal.config.ts";

const stages = (iterations: number): unknown => ({
  stages: { reasoner: { iterations }, retriever: { iterations: 0 }, collaboration: { iterations: 0 } },
});
const base = { name: "base", settings: stages(0) };
const staged = { name: "staged", settings: stages(1) };
const gdpo = { name: "gdpo", settings: { ...(stages(1) as object), algorithm: "gdpo" } };

let site: Site;
let file: string;
let state: string;
beforeAll(async () => {
  site = await openSite("study");
  file = join(site.root, "made.json");
  state = join(site.root, "kept");
});
afterAll(() => site.close());

async function run(arms: readonly unknown[], changes: Record<string, unknown> = {}): Promise<unknown> {
  const study = {
    name: "made",
    question: "Does it run?",
    preset: "tiny",
    arms,
    regimes: [{ name: "default", worlds: [1] }],
    seeds: [1],
  };
  await writeFile(file, JSON.stringify({ ...study, ...changes }));
  return site.client.workflow.execute("study", {
    workflowId: "study-made",
    taskQueue: queues.cpu,
    args: [{ file, state }],
  });
}

describe("a study", () => {
  it("keeps each run's answers, curve and costs in a small file, and its result repeats from these", async () => {
    const written = await run([base, staged]);
    expect(written).toEqual({ folder: state, counts: { finished: 2, failed: 0, held: 0, pending: 0 } });
    const { result, faults } = await checkStudy(state);
    expect(faults).toEqual([]);
    const [untrained, trained] = result.cells.map(({ outcome }) => outcome);
    expect(untrained).toMatchObject({
      updates: 0,
      samples: 0,
      curve: { stages: [] },
      checkpoints: [{ update: 0, checkpoint: "base" }],
    });
    expect(trained).toMatchObject({
      updates: 1,
      samples: 8,
      events: [],
      curve: { every: 1, stages: [{ name: "reasoner", updates: 1 }] },
    });
    expect(trained?.curve.metrics["reward/total"]).toHaveLength(1);
    expect(trained?.checkpoints.map(({ update, pools }) => [update, pools.map(({ pool }) => pool).toSorted()])).toEqual(
      [
        [0, ["held-out-diseases", "held-out-specialties", "validation"]],
        [1, ["held-out-diseases", "held-out-specialties", "validation"]],
      ],
    );
    for (const { right, total, byCluster } of trained?.checkpoints.flatMap(({ pools }) => pools) ?? []) {
      expect(total).toBe(4);
      expect(byCluster.right.reduce((sum, count) => sum + count, 0)).toBe(right);
    }
    expect(trained?.spent.trainedTokens).toBeGreaterThan(0);
    // Common random numbers: arms of one world and seed begin with the same answers.
    expect(untrained?.checkpoints[0]?.pools.find(({ pool }) => pool === "held-out-diseases")?.byCluster).toEqual(
      trained?.checkpoints[0]?.pools.find(({ pool }) => pool === "held-out-diseases")?.byCluster,
    );
    const [first = ""] = await readdir(join(state, "cells"));
    expect((await stat(join(state, "cells", first))).size).toBeLessThan(20_000);
  });

  it("to which an arm is added runs that arm alone", async () => {
    const before = await readdir(join(state, "cells"));
    expect(await run([base, gdpo, staged])).toMatchObject({ counts: { finished: 3 } });
    const result = await readResult(state);
    const added = result.cells.filter(({ run: name }) => !before.includes(`${name}.json`));
    expect(added.map(({ arm }) => arm)).toEqual(["gdpo"]);
    expect(result.cells.every(({ status }) => status === "finished")).toBe(true);
  });

  it("is refused by the arm's name before anything is written", async () => {
    await expect(run([staged, { name: "longer", settings: stages(2) }], { name: "unequal" })).rejects.toMatchObject({
      cause: { type: "BadInput", message: expect.stringMatching(/^arms\.longer: 2 updates .*equal budgets$/u) },
    });
    expect(await readdir(join(site.root, ".studies"))).toEqual(["made"]);
  });
});
