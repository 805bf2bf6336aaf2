import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRunActivities } from "../../activities/runs.ts";
import { createWorkspace } from "../../activities/workspace.ts";
import { indexPassages } from "../../src/corpus/indexer.ts";
import { openRunFolder } from "../../src/curriculum/runFolder.ts";
import { taskOf } from "../../src/tasks/taskRegistry.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "med-r3-workspace-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describe("workspace", () => {
  it("opens a run once, and anew when its folder was made anew", async () => {
    const workspace = createWorkspace(root);
    await openRunFolder(root, { run: "one", preset: "tiny" });
    const first = await workspace.run("one");
    expect(await workspace.run("one")).toBe(first);
    await rm(join(root, "one"), { recursive: true });
    await openRunFolder(root, { run: "one", preset: "tiny", seed: 2 });
    expect((await workspace.run("one")).configuration.seed).toBe(2);
    await workspace.close();
  });

  it("does not grow with the number of runs: what was used long ago is opened anew, and stays usable for who holds it", async () => {
    const workspace = createWorkspace(root);
    const names = Array.from({ length: 40 }, (_, index) => `run-${index}`);
    for (const run of names) await openRunFolder(root, { run, preset: "tiny" });
    const first = await workspace.run("run-0");
    for (const run of names) await workspace.run(run);
    expect(await workspace.run("run-0")).not.toBe(first);
    expect(await workspace.run("run-39")).toBe(await workspace.run("run-39"));
    expect((await first.log.history()).currentBranch).toBe("main");
    await workspace.close();
  });

  it("has one corpus open for all runs that read the same version of it in the same way", async () => {
    const workspace = createWorkspace(root);
    const runs = await Promise.all(
      ["one", "two"].map(async (run) => {
        await openRunFolder(root, { run, preset: "tiny" });
        return workspace.run(run);
      }),
    );
    const { dataset, corpusFolder, configuration } = await workspace.run("one");
    await indexPassages(corpusFolder, dataset.passages(), { settings: taskOf(configuration.data).corpus });
    const corpora = await Promise.all(runs.map((run) => run.corpus()));
    const [ours, theirs] = await Promise.all(
      corpora.map((corpus) => corpus.search([dataset.training[0]?.text ?? ""], 3)),
    );
    expect(ours).toHaveLength(1);
    // Found once: the very same passages.
    expect(theirs?.[0]?.[0]?.passage).toBe(ours?.[0]?.[0]?.passage);
    await workspace.close();
  });

  it.each(["../outside", "a/b", "", ".corpora", "/etc"])("does not leave the root for a run named %j", async (name) => {
    await expect(createWorkspace(root).run(name)).rejects.toThrow("letters, digits and hyphens");
  });
});

describe("settings that a person changes", () => {
  it("may not weigh a reward that the task does not offer", async () => {
    const workspace = createWorkspace(root);
    await openRunFolder(root, { run: "machines", preset: "tiny", data: { dataset: "machines", worldSeed: 1 } });
    const change = (rewards: Readonly<Record<string, number>>): Promise<string> =>
      createRunActivities(workspace).changeSettings({ run: "machines", rewards, name: "Ann", reason: "try" });
    await expect(change({ clinical: 0.5 })).rejects.toThrow(
      /^rewards\.clinical: task machines does not offer this reward; it has answer, /u,
    );
    expect(await change({ answer: 0.5, clinical: 0 })).toMatch(/^holds from step 1/u);
    await workspace.close();
  });
});
