import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readCommittedView } from "../../src/trajectories/committedView.ts";
import { exportTrajectories, rewriteMetricsFile } from "../../src/trajectories/export.ts";
import { maintainLog } from "../../src/trajectories/maintenance.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import type { RunLog } from "../../src/trajectories/log.ts";
import { hashOf } from "../../src/trajectories/canonical.ts";
import { addressOf, details, samplePlan, sampleTrajectories, takeStep, temporaryLog } from "./samples.ts";

const steps = 6;

/** A log of some steps; with disturbances, attempts died at every place and left what they had written. */
async function writeLog(disturbed: boolean): Promise<RunLog> {
  const log = await temporaryLog();
  for (let step = 0; step < steps; step++) {
    if (disturbed) await log.appendBatch(addressOf(step), sampleTrajectories(step), details);
    const batch = await log.appendBatch(addressOf(step), sampleTrajectories(step), details);
    const scores = sampleTrajectories(step).map((_, index) => ({
      total: index / 3,
      correct: index > 1,
      values: { answer: 1, clinical: null },
    }));
    const scored = { scores, timings: { "timing_s/score": Math.random() } };
    const plan = samplePlan(step, [batch], { scoresHash: hashOf(scores) });
    if (disturbed) await log.appendPlan(plan, scored);
    await takeStep(log, plan, { accuracy: step / 10, "timing_s/rollout": Math.random() }, scored);
    if (disturbed)
      await log.appendOutcome(plan, {
        branch: "main",
        step,
        stateHash: `state-${step + 1}`,
        fingerprint: "engine",
        metrics: { accuracy: 0 },
      });
    const checkpoint = { branch: "main", step, stateHash: `state-${step}`, ref: `checkpoints/main-${step}` };
    const kept = step % 2 === 1;
    // An attempt that dies before the ordinary snapshot leaves only the one that is kept.
    if (!(disturbed && kept)) await log.appendCheckpoint({ ...checkpoint, keep: false });
    for (let copy = 0; copy < (disturbed ? 2 : 1); copy++) await log.appendCheckpoint({ ...checkpoint, keep: kept });
  }
  return log;
}

describe("the committed view", () => {
  test("is the same whatever died and was tried again", async () => {
    expect(await readCommittedView(await writeLog(true))).toEqual(await readCommittedView(await writeLog(false)));
  });

  test("tells different runs apart", async () => {
    const [one, other] = [await writeLog(false), await writeLog(false)];
    await takeStep(other, samplePlan(steps));
    expect(await readCommittedView(one)).not.toEqual(await readCommittedView(other));
  });
});

describe("maintenance", () => {
  test("sweeps orphans, and what counts stays as it was for readers old and new", async () => {
    const log = await writeLog(true);
    const before = await readCommittedView(log);
    const report = await maintainLog(log.folder, { keepVersionsMinutes: 0 });
    expect(report.sweptRows).toBe(steps * 4);
    expect(await readCommittedView(log)).toEqual(before);
    expect(await readCommittedView(await openRunLog(log.folder))).toEqual(before);
    expect((await maintainLog(log.folder, { keepVersionsMinutes: 0 })).sweptRows).toBe(0);
  });

  test("leaves a batch alone that waits for its plan", async () => {
    const log = await writeLog(false);
    const waiting = await log.appendBatch(addressOf(steps), sampleTrajectories(steps), details);
    await maintainLog(log.folder, { keepVersionsMinutes: 0 });
    expect(await log.findBatch(addressOf(steps))).toEqual(waiting);
  });

  test("goes beside processes that append", async () => {
    const log = await writeLog(true);
    const other = await openRunLog(log.folder);
    const appending = async (): Promise<void> => {
      for (let step = steps; step < steps + 8; step++)
        await takeStep(
          other,
          samplePlan(step, [await other.appendBatch(addressOf(step), sampleTrajectories(step), details)]),
        );
    };
    const maintaining = async (): Promise<void> => {
      for (let round = 0; round < 3; round++) await maintainLog(log.folder, { keepVersionsMinutes: 1 });
    };
    await Promise.all([appending(), maintaining()]);
    const view = await readCommittedView(log);
    expect(view["steps"]).toHaveLength(steps + 8);
    expect(view["trajectories"]).toHaveLength((steps + 8) * 4);
  });
});

describe("what is written beside the tables", () => {
  test("metrics.jsonl is put right from the log", async () => {
    const log = await writeLog(true);
    await writeFile(join(log.folder, "metrics.jsonl"), "half a li");
    await rewriteMetricsFile(log);
    const lines = (await readFile(join(log.folder, "metrics.jsonl"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { step: number; metrics: { accuracy: number } });
    expect(lines.map(({ step, metrics }) => [step, metrics.accuracy])).toEqual(
      Array.from({ length: steps }, (_, step) => [step, step / 10]),
    );
  });

  test("trajectories are exported with advantage and score", async () => {
    const log = await writeLog(true);
    const file = join(await mkdtemp(join(tmpdir(), "med-r3-export-")), "trajectories.jsonl");
    await exportTrajectories(log, file);
    const lines = (await readFile(file, "utf8")).trim().split("\n");
    expect(lines).toHaveLength(steps * 4);
    expect(JSON.parse(lines[1] ?? "")).toMatchObject({
      step: 0,
      sample: 1,
      advantage: -1 / 3,
      score: { total: 1 / 3 },
    });
  });
});
