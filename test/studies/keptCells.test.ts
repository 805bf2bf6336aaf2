import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildResult } from "../../src/studies/buildResult.ts";
import { checkStudy } from "../../src/studies/checkStudy.ts";
import { keepCell, readKeptCells } from "../../src/studies/keptCells.ts";
import { writeStudyOutputs } from "../../src/studies/outputs.ts";
import { spentOfStudy } from "../../src/studies/progress.ts";
import { readStudy } from "../../src/studies/readStudy.ts";
import { resultFile, writeResult } from "../../src/studies/studyFolder.ts";
import { StudyResult } from "../../src/studies/studyResult.ts";
import { declared, finished } from "./declared.ts";

const plan = readStudy(JSON.stringify(declared()), "made");
const [base, staged, joint] = plan.cells;
if (base === undefined || staged === undefined || joint === undefined) throw new Error("three arms were declared");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "med-r3-kept-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("finished runs of a study", () => {
  it("are none in a folder that is not there, and are read as they were kept", async () => {
    expect(await readKeptCells(join(folder, "nowhere"))).toEqual(new Map());
    const cell = finished(staged);
    await keepCell(folder, cell);
    expect(await readdir(join(folder, "cells"))).toEqual([`${staged.run}.json`]);
    expect(await readKeptCells(folder)).toEqual(new Map([[staged.configurationHash, cell]]));
  });

  it("are left as they are when the same run is finished a second time", async () => {
    await keepCell(folder, finished(staged));
    await keepCell(folder, finished(staged, { samples: 7 }));
    const kept = await readKeptCells(folder);
    expect(kept.get(staged.configurationHash)?.outcome.samples).toBe(48);
  });

  it("of before a setting existed count as those with its default", async () => {
    const { configuration, ...cell } = finished(staged);
    const { cost: _later, ...before } = configuration;
    await keepCell(folder, { ...cell, configurationHash: "0".repeat(64), configuration: before });
    expect((await readKeptCells(folder)).has(staged.configurationHash)).toBe(true);
  });

  it("that this version cannot read as a configuration are known by their hash alone, and count for nothing", async () => {
    await keepCell(folder, { ...finished(staged), configurationHash: "0".repeat(64), configuration: { stage: 1 } });
    const result = buildResult(plan, await readKeptCells(folder), []);
    expect(result.counts).toEqual({ finished: 0, failed: 0, held: 0, pending: 6 });
    expect(result.notes).toEqual([
      "1 kept runs are of no arm, world and seed that the study declares; they do not count",
    ]);
  });

  it.each([
    ["what is no JSON", "{"],
    ["what lacks its outcome", JSON.stringify({ ...finished(staged), outcome: null })],
    ["counts below zero", JSON.stringify(finished(staged, { samples: -1 }))],
  ])("are refused, by the file, for %s", async (_, text) => {
    await keepCell(folder, finished(joint));
    await writeFile(join(folder, "cells", "odd.json"), text);
    await expect(readKeptCells(folder)).rejects.toThrow(
      /odd\.json: is no finished run of a study; mend it, or delete it/u,
    );
  });
});

describe("the result of a study", () => {
  it("has every declared run with its state, and says what lacks", () => {
    const kept = new Map([[staged.configurationHash, finished(staged)]]);
    const result = buildResult(plan, kept, [
      { run: base.run, status: "failed", cause: "the disk is full" },
      { run: joint.run, status: "held", cause: "the judge is away" },
    ]);
    expect(StudyResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
    expect(result.cells.map(({ arm, world, status }) => `${arm} ${world} ${status}`)).toEqual([
      "base 100 failed",
      "staged 100 finished",
      "joint 100 held",
      "base 101 pending",
      "staged 101 pending",
      "joint 101 pending",
    ]);
    expect(result.cells[0]).toMatchObject({ cause: "the disk is full", outcome: null });
    expect(result.counts).toEqual({ finished: 1, failed: 1, held: 1, pending: 3 });
    expect(result.notes).toEqual([]);
  });

  it("names worlds whose base hardly reads some line, once for all their arms", () => {
    const kept = new Map(
      [base, staged].map((cell) => {
        const run = structuredClone(finished(cell));
        const [first] = run.outcome.checkpoints;
        for (const { metrics } of first?.pools.slice(0, 1) ?? [])
          Object.assign(metrics, { "probe/reading/avoid": 0.06 });
        return [cell.configurationHash, run] as const;
      }),
    );
    expect(buildResult(plan, kept, []).notes).toContain(
      "default, world 100: the base hardly reads some lines (right probes: avoid 6.0 %)",
    );
    expect(buildResult(plan, kept, []).notes.filter((note) => note.includes("hardly reads"))).toHaveLength(1);
  });

  it("names runs that took more than declared, that were recovered or steered, and versions that are mixed", () => {
    const versions = { ...finished(joint).outcome.versions, commit: "b2-dirty", processor: "another" };
    const kept = new Map([
      [staged.configurationHash, finished(staged, { samples: 60 })],
      [
        joint.configurationHash,
        finished(joint, { versions, events: ["Ada changed settings from step 2 on: unstable"] }),
      ],
    ]);
    expect(buildResult(plan, kept, []).notes).toEqual([
      `${staged.run} took 6 updates and 60 samples, not 6 and 48 as declared`,
      `${joint.run}: Ada changed settings from step 2 on: unstable`,
      "the runs are of 2 commits: a1; b2-dirty",
      "the runs are of 2 kinds of processor: made; another",
      "some runs are of files that differ from their commit",
    ]);
  });

  it("names arms that went alike to the last token and answer, since what tells them apart had no effect", () => {
    const spent = { ...finished(staged).outcome.spent, sampledTokens: 500 };
    const notesWith = (other: number): readonly string[] =>
      buildResult(
        plan,
        new Map(
          plan.cells
            .filter(({ arm }) => arm !== "base")
            .map((cell) => {
              const sampledTokens = cell.arm === "joint" && cell.world === 101 ? other : 500;
              return [cell.configurationHash, finished(cell, { spent: { ...spent, sampledTokens } })];
            }),
        ),
        [],
      ).notes;
    expect(notesWith(500)).toEqual([
      "joint went as staged did, to the last token and answer, on all 2 worlds and seeds: what tells them apart had no effect",
    ]);
    expect(notesWith(501)).toEqual([]);
  });

  it("adds up what finished runs took, and knows no money where one had no price", () => {
    const priced = finished(staged, { spent: { ...finished(staged).outcome.spent, money: 2 } });
    const kept = new Map([[staged.configurationHash, priced]]);
    expect(spentOfStudy(plan.cells, kept)).toMatchObject({ seconds: 10, money: 2 });
    kept.set(joint.configurationHash, finished(joint));
    expect(spentOfStudy(plan.cells, kept)).toMatchObject({ seconds: 20, money: null });
  });
});

describe("a kept result", () => {
  const keep = async (): Promise<void> => {
    for (const cell of plan.cells) await keepCell(folder, finished(cell));
    const result = buildResult(plan, await readKeptCells(folder), []);
    await writeResult(folder, result);
    await writeStudyOutputs({ folder, root: join(folder, "runs"), result });
  };

  it("repeats from its files", async () => {
    await keep();
    expect(await checkStudy(folder)).toMatchObject({ faults: [], notes: [] });
  });

  it("that was changed by hand is told by the run or the file", async () => {
    await keep();
    const { result } = await checkStudy(folder);
    const cells = result.cells.map((cell) =>
      cell.run === joint.run && cell.outcome !== null ? { ...cell, outcome: { ...cell.outcome, samples: 1 } } : cell,
    );
    await writeFile(join(folder, resultFile), JSON.stringify({ ...result, cells }));
    expect((await checkStudy(folder)).faults).toContain(`${joint.run}: study.json differs from its kept run`);
    await keep();
    await writeFile(join(folder, "summary.json"), "{}");
    expect((await checkStudy(folder)).faults).toEqual([
      "summary.json differs from the figures that follow from study.json",
    ]);
  });
});
