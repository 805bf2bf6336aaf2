import { describe, expect, test } from "vitest";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import { samplePlan, takeStep, temporaryLog, unscored } from "./samples.ts";

describe("what could not be read again is not written:", () => {
  test.each([
    ["a loss divisor that is no integer", { lossDivisors: [12.5, 4] }, /plan\.lossDivisors\.0: .*expected int/u],
    ["an advantage that is no number", { advantages: [1, Number.NaN] }, /plan\.advantages\.1: .*NaN/u],
    [
      "a loss with a field that plans do not have",
      { loss: { ...samplePlan(0).loss, lengthNormalise: "sequence" } },
      /plan\.loss: .*"lengthNormalise"/u,
    ],
  ])("a plan with %s", async (_, changes, message) => {
    const log = await temporaryLog();
    const writing = log.appendPlan(samplePlan(0, [], changes), unscored);
    await expect(writing).rejects.toThrow(message);
    await expect(writing).rejects.toThrow('step 0 of branch "main" cannot be written: ');
    expect(await (await openRunLog(log.folder)).readPlan({ branch: "main", step: 0 })).toBeNull();
  });

  test("a plan whose scores were measured with something that is no number", async () => {
    const log = await temporaryLog();
    await expect(log.appendPlan(samplePlan(0), { scores: [], timings: { "mine/x": Number.NaN } })).rejects.toThrow(
      /scored\.timings\.mine\/x: .*NaN/u,
    );
  });

  test("metrics that are no numbers", async () => {
    const log = await temporaryLog();
    await expect(takeStep(log, samplePlan(0), { "reward/total": Number.NaN })).rejects.toThrow(
      /^step 0 of branch "main" cannot be written: metrics\.reward\/total: .*NaN/u,
    );
    expect((await log.history()).stepsDone("main")).toBe(0);
  });

  test("an evaluation whose metrics are no numbers", async () => {
    const log = await temporaryLog();
    const result = { questionId: "q", cluster: "q", sample: 0, correct: true, total: 1, values: {} };
    const address = { branch: "main", step: 0 };
    await expect(
      log.appendEvaluation({ ...address, pool: "held-out", results: [result], metrics: { "probe/x": Number.NaN } }),
    ).rejects.toThrow(/^the evaluation on pool "held-out" cannot be written: metrics\.probe\/x: .*NaN/u);
    expect(await log.findEvaluation(address, "held-out")).toBeNull();
  });
});
