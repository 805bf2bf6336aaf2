import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../src/trajectories/database.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import { openListTable } from "../../src/trajectories/listTable.ts";
import { ownVersions } from "../../src/trajectories/ownVersions.ts";
import type { WorkerVersions } from "../../src/trajectories/records.ts";
import { workerFormat } from "../../src/trajectories/tables/workerRows.ts";
import { samplePlan, takeStep, temporaryLog } from "./samples.ts";

const another: WorkerVersions = { package: "0.0.9", node: "20.0.0", processor: null, commit: "0123456" };

describe("the versions of a log's workers", () => {
  it("are those of the workers that wrote in it, each once", async () => {
    const log = await temporaryLog();
    await takeStep(log, samplePlan(0));
    await takeStep(await openRunLog(log.folder), samplePlan(1));
    expect(await log.readWorkers()).toEqual([await ownVersions()]);
  });

  it("are not those of who reads it later", async () => {
    const log = await temporaryLog();
    const workers = await openListTable(await openDatabase(join(log.folder, "lance")), workerFormat);
    await workers.append(another);
    const reader = await openRunLog(log.folder);
    await reader.history();
    expect(await reader.readWorkers()).toEqual([another]);
    await takeStep(reader, samplePlan(0));
    expect(await reader.readWorkers()).toEqual([another, await ownVersions()]);
  });

  it("are none in a log that nobody wrote in", async () => {
    expect(await (await temporaryLog()).readWorkers()).toEqual([]);
  });
});
