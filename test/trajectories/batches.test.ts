import { connect } from "@lancedb/lancedb";
import fc from "fast-check";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import { addressOf, details, sampleTrajectories, temporaryLog } from "./samples.ts";

describe("batches of trajectories", () => {
  test("come back exactly as they were appended", async () => {
    const log = await temporaryLog();
    const receipt = await log.appendBatch(addressOf(0), sampleTrajectories(0), details);
    expect(await log.readBatch(receipt)).toEqual(sampleTrajectories(0));
    expect(await log.readBatchDetails(receipt)).toEqual(details);
  });

  test("keep log-probabilities bitwise as the sampler's 32-bit floats", async () => {
    const log = await temporaryLog();
    const floats = fc.float32Array({ minLength: 1, maxLength: 50, noNaN: true, max: 0 });
    await fc.assert(
      fc.asyncProperty(floats, async (logProbabilities) => {
        const [first] = sampleTrajectories(0, 1);
        const trajectory = {
          ...first,
          segments: [
            {
              origin: "policy" as const,
              tokens: [...logProbabilities.keys()],
              logProbabilities: [...logProbabilities],
            },
          ],
        };
        const receipt = await log.appendBatch(
          addressOf(0),
          [trajectory as ReturnType<typeof sampleTrajectories>[number]],
          details,
        );
        const [read] = await log.readBatch(receipt);
        expect(Buffer.from(Float32Array.from(read?.segments[0]?.logProbabilities ?? []).buffer)).toEqual(
          Buffer.from(logProbabilities.slice().buffer),
        );
      }),
      { numRuns: 10 },
    );
  });

  test("are found by their address, by another process too, the first one first", async () => {
    const log = await temporaryLog();
    expect(await log.findBatch(addressOf(3))).toBeNull();
    const first = await log.appendBatch(addressOf(3), sampleTrajectories(3), details);
    await log.appendBatch(addressOf(3), sampleTrajectories(3), { ...details, attempt: 2 });
    await log.appendBatch(addressOf(3, 1), sampleTrajectories(3), details);
    const other = await openRunLog(log.folder);
    expect(await other.findBatch(addressOf(3))).toEqual(first);
  });

  test("are not adopted when they are not whole", async () => {
    const log = await temporaryLog();
    const cut = await log.appendBatch(addressOf(0), sampleTrajectories(0), details);
    const whole = await log.appendBatch(addressOf(0), sampleTrajectories(0), details);
    const table = await (await connect(join(log.folder, "lance"))).openTable("trajectories");
    await table.delete(`batchId = '${cut.batchId}' AND position = 2`);
    expect(await (await openRunLog(log.folder)).findBatch(addressOf(0))).toEqual(whole);
    await expect((await openRunLog(log.folder)).readBatch(cut)).rejects.toThrow(/batch .* is not whole/u);
  });

  test("that were altered are refused by their hash", async () => {
    const log = await temporaryLog();
    const receipt = await log.appendBatch(addressOf(0), sampleTrajectories(0), details);
    await expect(log.readBatch({ ...receipt, hash: "0".repeat(64) })).rejects.toThrow(/has hash/u);
    await expect(log.readBatch({ ...receipt, batchId: "unknown" })).rejects.toThrow(/no batch unknown/u);
  });

  test("refuse trajectories of another place", async () => {
    const log = await temporaryLog();
    await expect(log.appendBatch(addressOf(1), sampleTrajectories(0), details)).rejects.toThrow(/does not belong/u);
  });

  test("appended by several processes at once are all there, each as neighbours", async () => {
    const first = await temporaryLog();
    const logs = [first, await openRunLog(first.folder), await openRunLog(first.folder)];
    const receipts = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        (logs[index % 3] ?? first).appendBatch(addressOf(index), sampleTrajectories(index, 8), details),
      ),
    );
    const reader = await openRunLog(first.folder);
    for (const [index, receipt] of receipts.entries()) {
      expect(await reader.findBatch(addressOf(index))).toEqual(receipt);
      expect(await reader.readBatch(receipt)).toEqual(sampleTrajectories(index, 8));
    }
  });
});
