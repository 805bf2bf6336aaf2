import { describe, expect, test } from "vitest";
import { decideGate, recordGateDecision } from "../../src/evaluation/decideGate.ts";
import { nextWork } from "../../src/curriculum/nextWork.ts";
import { stagePosition, stageStart } from "../../src/curriculum/position.ts";
import type { RunConfiguration } from "../../src/configuration/configuration.ts";
import type { RunLog } from "../../src/trajectories/log.ts";
import { decideStages, samplePlan, takeStep, temporaryLog } from "../trajectories/samples.ts";
import { testConfiguration } from "../training/trainer.ts";

const questions = 40;

/** Answers of which the first `right` are right. */
async function evaluate(log: RunLog, step: number, right: number, pool = "validation"): Promise<void> {
  const results = Array.from({ length: questions }, (_, index) => ({
    questionId: `q${index}`,
    cluster: `c${index}`,
    sample: 0,
    correct: index < right,
    total: 0,
    values: {},
  }));
  await log.appendEvaluation({ branch: "main", step, pool, results, metrics: {} });
}

/** A run whose first stage of two iterations is trained and evaluated. */
async function trainedStage(right: number): Promise<RunLog> {
  const log = await temporaryLog();
  await log.appendCheckpoint({
    branch: "main",
    step: 0,
    stateHash: "state-0",
    ref: "checkpoints/main-0",
    keep: true,
  });
  await decideStages(log, [{ name: "reasoner", iterations: 2, step: 0 }]);
  for (const step of [0, 1]) await takeStep(log, samplePlan(step));
  await evaluate(log, 0, 10);
  await evaluate(log, 2, right);
  return log;
}

function gated(gate: Partial<RunConfiguration["gate"]>): RunConfiguration {
  return testConfiguration({ gate });
}

const stage = { stage: 1, start: { branch: "main", step: 0 }, end: { branch: "main", step: 2 } };

describe("a gate", () => {
  test("promotes a policy that is better for sure", async () => {
    const log = await trainedStage(30);
    const gate = await decideGate(log, gated({}), stage);
    expect(gate).toMatchObject({ decision: "promote", gain: 0.5, questions, person: null });
    expect(gate.low).toBeGreaterThan(0.3);
    expect(gate.message).toMatch(/gain 50\.0 points .*: promoted/u);
  });

  test("compares what could be graded in both evaluations, and says how much could not", async () => {
    const log = await trainedStage(30);
    const { results } = (await log.findEvaluation(stage.end, "validation")) ?? { results: [] };
    await takeStep(log, samplePlan(2));
    await log.appendEvaluation({
      branch: "main",
      step: 3,
      pool: "validation",
      results: results.map((one, index) => (index < 4 ? { ...one, correct: null } : one)),
      metrics: {},
    });
    expect((await log.findEvaluation({ branch: "main", step: 3 }, "validation"))?.results[0]?.correct).toBeNull();
    const gate = await decideGate(log, gated({}), { ...stage, end: { branch: "main", step: 3 } });
    expect(gate).toMatchObject({ gain: 20 / 36, questions: 36 });
    expect(gate.message).toContain("4 answers that could not be graded were left out");
  });

  test.each(["flag", "hold"] as const)("that does not promote does what the preset says: %s", async (otherwise) => {
    const log = await trainedStage(8);
    expect((await decideGate(log, gated({ otherwise }), stage)).decision).toBe(otherwise);
  });

  test("does not promote a policy that gained nothing, unless a loss would do too", async () => {
    const log = await trainedStage(10);
    const gate = await decideGate(log, gated({ otherwise: "flag", minimumGain: 0 }), stage);
    expect(gate).toMatchObject({ decision: "flag", gain: 0, low: 0 });
    expect(gate.message).toMatch(/gain 0\.0 points .*: flagged/u);
    expect((await decideGate(await trainedStage(10), gated({ minimumGain: -0.05 }), stage)).decision).toBe("promote");
  });

  test("extends a stage as often as it may, then does what the preset says", async () => {
    const log = await trainedStage(8);
    const configuration = gated({ otherwise: "hold", maximumExtensions: 1, extensionIterations: 3 });
    expect((await decideGate(log, configuration, stage)).decision).toBe("extend");
    expect(await nextWork(log, configuration, [])).toMatchObject({
      position: { stage: 1, iteration: 2, iterations: 5 },
    });
    expect(stagePosition(await log.history(), 1)).toMatchObject({ iteration: 2, iterations: 5 });
    for (const step of [2, 3, 4]) await takeStep(log, samplePlan(step));
    await evaluate(log, 5, 8);
    expect((await decideGate(log, configuration, { ...stage, end: { branch: "main", step: 5 } })).decision).toBe(
      "hold",
    );
  });

  test("keeps a decision that was taken", async () => {
    const log = await trainedStage(30);
    const first = await decideGate(log, gated({}), stage);
    expect(await decideGate(log, gated({ minimumGain: 0.9 }), stage)).toEqual(first);
    expect((await log.history()).gates("main")).toHaveLength(1);
  });

  test("says when the policies have not been evaluated", async () => {
    const log = await temporaryLog();
    await expect(decideGate(log, gated({}), stage)).rejects.toThrow(/has not answered the validation questions yet/u);
  });
});

describe("what a run lacks next", () => {
  const configuration = gated({ otherwise: "hold" });

  test("is the base, then its evaluation, then the first stage", async () => {
    const log = await temporaryLog();
    expect(await nextWork(log, configuration, ["pool"])).toEqual({ kind: "base" });
    await log.appendCheckpoint({
      branch: "main",
      step: 0,
      stateHash: "state-0",
      ref: "checkpoints/main-0",
      keep: true,
    });
    expect(await nextWork(log, configuration, ["pool"])).toEqual({
      kind: "evaluate",
      label: "base",
      branch: "main",
      step: 0,
    });
    await evaluate(log, 0, 5, "pool");
    expect(await nextWork(log, configuration, ["pool"])).toEqual({
      kind: "stage",
      position: { branch: "main", step: 0, stage: 1, name: "reasoner", iteration: 0, iterations: 2, gated: true },
    });
  });

  test("is a person where a gate holds, until one approves", async () => {
    const log = await trainedStage(8);
    await decideGate(log, configuration, stage);
    expect(await nextWork(log, configuration, [])).toMatchObject({
      kind: "gate",
      gate: { stage: 1, name: "reasoner", decision: "hold" },
    });
    await recordGateDecision(log, { stage: 1, decision: "reject", name: "Ada", reason: "worse" });
    expect(await nextWork(log, configuration, [])).toMatchObject({
      kind: "gate",
      gate: { person: { name: "Ada", reason: "worse" } },
    });
    await recordGateDecision(log, { stage: 1, decision: "approve", name: "Ada", reason: "still" });
    expect(await nextWork(log, configuration, [])).toMatchObject({
      kind: "stage",
      position: { stage: 2, name: "retriever", iteration: 0, iterations: 2 },
    });
    expect(stageStart(await log.history(), 2)).toEqual({ branch: "main", step: 2 });
  });

  test("is more of the stage when a person extends it", async () => {
    const log = await trainedStage(8);
    await decideGate(log, configuration, stage);
    await recordGateDecision(log, { stage: 1, decision: "extend", name: "Ada", reason: "nearly" });
    expect(await nextWork(log, configuration, [])).toMatchObject({
      kind: "stage",
      position: { stage: 1, iteration: 2, iterations: 2 + configuration.gate.extensionIterations },
    });
  });

  test("is nothing once all stages are trained, gated and evaluated", async () => {
    const log = await trainedStage(30);
    await decideGate(log, configuration, stage);
    await decideStages(log, [
      { name: "retriever", iterations: 2, step: 2 },
      { name: "collaboration", iterations: 2, step: 4 },
    ]);
    for (const [step, number] of [
      [2, 2],
      [3, 2],
      [4, 3],
      [5, 3],
    ] as const)
      await takeStep(log, samplePlan(step, [], { stage: number, iteration: step % 2 }));
    for (const [number, step] of [
      [2, 4],
      [3, 6],
    ] as const) {
      await evaluate(log, step, 30 + number);
      await decideGate(log, gated({ minimumGain: -1 }), {
        stage: number,
        start: { branch: "main", step: step - 2 },
        end: { branch: "main", step },
      });
    }
    expect(await nextWork(log, configuration, [])).toEqual({ kind: "done" });
    expect(await nextWork(log, configuration, ["pool"])).toMatchObject({ kind: "evaluate", label: "base" });
  });
});
