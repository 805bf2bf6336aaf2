import type { WorkflowHandle } from "@temporalio/client";
import { randomBytes } from "node:crypto";
import { rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openSite, type Site } from "../../bench/support/site.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import { readRunView } from "../../bench/support/chaos/runView.ts";
import { queues } from "../../temporal.config.ts";
import type { RunProgress } from "../../src/domain/progress.ts";
import { addressOf, details, sampleTrajectories } from "../trajectories/samples.ts";
import { mountSmallDisk } from "./smallDisk.ts";

const disk = mountSmallDisk(48);
const run = "disk";
const megabyte = 1e6;
const iterations = 8;

describe.skipIf(disk === null)("a disk that is full (needs the right to mount one)", () => {
  let site: Site | undefined;
  afterAll(async () => {
    await site?.close();
    disk?.remove();
  });

  it("refuses a batch in the middle of its write, which then does not count, and takes it when there is room", async () => {
    const folder = join(disk?.folder ?? "", "log");
    const log = await openRunLog(folder);
    const kept = await log.appendBatch(addressOf(0), sampleTrajectories(0), details);
    // More than the disk has, although not too little is free before the write: LanceDB itself runs out of room.
    const large = sampleTrajectories(1).map((trajectory) => ({
      ...trajectory,
      text: randomBytes(20 * megabyte).toString("base64"),
    }));
    await expect(log.appendBatch(addressOf(1), large, details)).rejects.toThrow(
      /the disk of .* is full: free some space/u,
    );
    const reader = await openRunLog(folder);
    expect(await reader.findBatch(addressOf(1))).toBeNull();
    expect(await reader.readBatch(kept)).toEqual(sampleTrajectories(0));
    reader.close();
    disk?.resize(500);
    const receipt = await log.appendBatch(addressOf(1), large, details);
    expect(await log.findBatch(addressOf(1))).toEqual(receipt);
    log.close();
    await rm(folder, { recursive: true });
  });

  it("holds a run, which says so, and goes on when there is room and a person says retry", async () => {
    const temporary = tmpdir();
    process.env["TMPDIR"] = disk?.folder;
    site = await openSite("disk", { environment: { TMPDIR: temporary } });
    process.env["TMPDIR"] = temporary;
    const filler = join(disk?.folder ?? "", "filler");
    const handle = await site.client.workflow.start("curriculum", {
      workflowId: `curriculum-${run}`,
      taskQueue: queues.cpu,
      args: [
        {
          run,
          preset: "tiny",
          stages: [{ name: "reasoner", iterations, rewards: { answer: 1 }, gate: null }],
          evaluation: { questions: 0 },
        },
      ],
    });
    await expect.poll(() => progress(handle), { timeout: 60_000 }).toMatchObject({ phase: "training" });
    // The run rests while the disk is filled, so that it cannot end before.
    await handle.signal("pause");
    await expect.poll(() => progress(handle), { timeout: 60_000 }).toMatchObject({ phase: "paused" });
    const { bavail, bsize } = await statfs(site.root);
    await writeFile(filler, Buffer.alloc(bavail * bsize - 20 * megabyte));
    await handle.signal("resume");
    await expect
      .poll(() => progress(handle), { timeout: 60_000 })
      .toMatchObject({
        phase: "held",
        message: expect.stringMatching(/MB are free .*: free some space, then let the run go on/u),
      });
    await rm(filler);
    await handle.executeUpdate("retry");
    expect(await handle.result()).toEqual({ run, report: "report.html" });
    expect((await readRunView(join(site.root, run)))["steps"]).toHaveLength(iterations);
  });
});

function progress(handle: WorkflowHandle): Promise<RunProgress | null> {
  return handle.query<RunProgress>("progress").catch(() => null);
}
