import { connect } from "@lancedb/lancedb";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { BatchReceipt, StepPlan } from "../../src/domain/step.ts";
import { arrowTable } from "../../src/trajectories/arrowRows.ts";
import { openBatchTable } from "../../src/trajectories/batchTable.ts";
import { openDatabase } from "../../src/trajectories/database.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import { schemaOf } from "../../src/trajectories/tables/columns.ts";
import { hashScores, readScoreRows, scoreColumns } from "../../src/trajectories/tables/scoreRows.ts";
import { planRow, stepColumns } from "../../src/trajectories/tables/stepRows.ts";
import { addressOf, details, samplePlan, sampleTrajectories, temporaryLog } from "./samples.ts";

const scores = [
  { total: 0.1 + 0.2, correct: true, values: { answer: 1, clinical: null } },
  { total: -0.1, correct: false, values: { malformedCall: 1 } },
];
const timings = { "timing_s/score": 0.25 };

function planFor(batch: BatchReceipt): StepPlan {
  return samplePlan(0, [batch], { scores: [{ ...batch, hash: hashScores(scores) }] });
}

describe("scores", () => {
  test("stand with the plan that was made from them, in the order of the trajectories", async () => {
    const log = await temporaryLog();
    const plan = planFor(await log.appendBatch(addressOf(0), sampleTrajectories(0, 2), details));
    await log.appendPlan(plan, [{ scores, timings }]);
    const reader = await openRunLog(log.folder);
    expect(await reader.readPlan({ branch: "main", step: 0 })).toEqual(plan);
    expect(await reader.readScores(plan)).toEqual([{ scores, timings }]);
  });

  test("that are not those of the plan's receipts are refused", async () => {
    const log = await temporaryLog();
    const plan = planFor(await log.appendBatch(addressOf(0), sampleTrajectories(0, 2), details));
    await log.appendPlan(plan, [{ scores: scores.toReversed(), timings }]);
    await expect((await openRunLog(log.folder)).readScores(plan)).rejects.toThrow(
      /scores of step 0 .* are not those of its plan/u,
    );
  });

  test("of a run that began when they had a table of their own are read from there", async () => {
    const log = await temporaryLog();
    const batch = await log.appendBatch(addressOf(0), sampleTrajectories(0, 2), details);
    const database = await openDatabase(join(log.folder, "lance"));
    const table = await openBatchTable(database, {
      name: "scores",
      columns: scoreColumns,
      read: readScoreRows,
      stored: (score) => score,
      hash: hashScores,
    });
    const rows = scores.map(({ values, ...score }) => ({
      trajectoryBatch: batch.batchId,
      ...score,
      values: JSON.stringify(values),
    }));
    const receipt = await table.append(addressOf(0), scores, rows, { ...details, timings });
    const plan = samplePlan(0, [batch], { scores: [receipt] });
    const steps = await (await connect(join(log.folder, "lance"))).openTable("steps");
    await steps.add(
      arrowTable(schemaOf({ ...stepColumns, writtenAt: "time" }), [
        { ...planRow(plan, []), plan: JSON.stringify(plan), writtenAt: new Date() },
      ]),
    );
    const reader = await openRunLog(log.folder);
    expect(await reader.readPlan({ branch: "main", step: 0 })).toEqual(plan);
    expect(await reader.readScores(plan)).toEqual([{ scores, timings }]);
  });
});
