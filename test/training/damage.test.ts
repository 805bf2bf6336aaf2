import { readdir, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readCommittedView } from "../../src/trajectories/committedView.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import { createFakePolicy } from "./fakePolicy.ts";
import { openTrainer, temporaryFolder } from "./trainer.ts";
import type { Failpoint, Trainer } from "./trainer.ts";

const steps = 4;

async function train(folder: string, until: number): Promise<Trainer> {
  const trainer = await openTrainer(folder, createFakePolicy());
  while ((await trainer.log.history()).stepsDone("main") < until) await trainer.step();
  return trainer;
}

/** A run of some steps that was killed in the middle of the next one. */
async function killedRun(point: string): Promise<string> {
  const folder = await temporaryFolder();
  const trainer = await train(folder, 3);
  const kill: Failpoint = (name) => {
    if (name === point) throw new Error("killed");
  };
  await expect(trainer.step(kill)).rejects.toThrow("killed");
  trainer.log.close();
  return folder;
}

async function newestFile(folder: string): Promise<string> {
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => ({
      file: join(folder, name),
      ...(await stat(join(folder, name), { bigint: true })),
    })),
  );
  const newest = files.toSorted((a, b) => Number(b.mtimeNs - a.mtimeNs))[0];
  if (newest === undefined) throw new Error(`${folder} is empty`);
  return newest.file;
}

/** The newest manifest sorts first: names count down. */
async function cutNewestManifest(folder: string, table: string): Promise<void> {
  const versions = join(folder, "lance", `${table}.lance`, "_versions");
  const [newest] = (await readdir(versions)).filter((name) => name.endsWith(".manifest")).toSorted();
  await truncate(join(versions, newest ?? ""), 20);
}

async function cutNewestData(folder: string, table: string): Promise<void> {
  await truncate(await newestFile(join(folder, "lance", `${table}.lance`, "data")), 50);
}

describe("a run whose log was damaged goes on, and ends as the undisturbed one", () => {
  test.each([
    ["trajectories", "batch appended"],
    ["steps", "plan appended"],
    ["steps", "outcome appended"],
  ])("newest version of %s cut short, killed after: %s", async (table, point) => {
    const folder = await killedRun(point);
    await cutNewestManifest(folder, table);
    const trainer = await train(folder, steps);
    expect(trainer.log.damage).toEqual([
      expect.stringMatching(new RegExp(`${table}\\.lance.* is damaged: put aside`, "u")),
    ]);
    expect(await trainer.policy.stateHash()).toBe(
      await (await train(await temporaryFolder(), steps)).policy.stateHash(),
    );
  });

  test.each([
    ["trajectories", "batch appended"],
    ["steps", "plan appended"],
    ["steps", "outcome appended"],
  ])("newest data of %s cut short, killed after: %s", async (table, point) => {
    const folder = await killedRun(point);
    await cutNewestData(folder, table);
    const trainer = await train(folder, steps);
    const undisturbed = await train(await temporaryFolder(), steps);
    expect(await trainer.policy.stateHash()).toBe(await undisturbed.policy.stateHash());
    expect((await readCommittedView(trainer.log))["trajectories"]).toEqual(
      (await readCommittedView(undisturbed.log))["trajectories"],
    );
  });
});

test("data that replay needs and cannot read is named", async () => {
  const folder = await temporaryFolder();
  const { log } = await train(folder, 1);
  const plan = await log.readPlan({ branch: "main", step: 0 });
  await cutNewestData(folder, "trajectories");
  const [batch] = plan?.batches ?? [];
  const reader = await openRunLog(folder);
  await expect(batch === undefined ? Promise.reject(new Error("no batch")) : reader.readBatch(batch)).rejects.toThrow(
    /table "trajectories"/u,
  );
});
