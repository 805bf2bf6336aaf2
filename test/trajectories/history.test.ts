import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import { samplePlan, takeStep, temporaryLog, unscored } from "./samples.ts";

describe("plans and outcomes", () => {
  test("a plan comes back exactly", async () => {
    const log = await temporaryLog();
    await log.appendPlan(samplePlan(0), unscored);
    expect(await (await openRunLog(log.folder)).readPlan({ branch: "main", step: 0 })).toEqual(samplePlan(0));
    expect(await log.readPlan({ branch: "main", step: 1 })).toBeNull();
  });

  test("of two attempts the first plan counts", async () => {
    const log = await temporaryLog();
    const other = await openRunLog(log.folder);
    await other.appendPlan(samplePlan(0, [], { temperature: 0.5 }), unscored);
    expect(await log.appendPlan(samplePlan(0), unscored)).toEqual(samplePlan(0, [], { temperature: 0.5 }));
  });

  test("a replacement counts until a plan was applied", async () => {
    const log = await temporaryLog();
    await log.appendPlan(samplePlan(0), unscored);
    const smaller = samplePlan(0, [], { revision: 1, minibatches: [[[0], [1], [3]], [[2]]] });
    expect(await log.appendPlan(smaller, unscored)).toEqual(smaller);
    await log.appendOutcome(smaller, {
      branch: "main",
      step: 0,
      stateHash: "state-1",
      fingerprint: "engine",
      metrics: {},
    });
    expect(await log.appendPlan(samplePlan(0, [], { revision: 2 }), unscored)).toEqual(smaller);
  });

  test("steps are done as far as outcomes have no gap", async () => {
    const log = await temporaryLog();
    for (const step of [0, 1, 3]) await takeStep(log, samplePlan(step));
    expect((await log.history()).stepsDone("main")).toBe(2);
  });

  test("of two outcomes the first counts, with its metrics", async () => {
    const log = await temporaryLog();
    await takeStep(log, samplePlan(0), { accuracy: 0.25 });
    await log.appendOutcome(samplePlan(0), {
      branch: "main",
      step: 0,
      stateHash: "another",
      fingerprint: "engine",
      metrics: { accuracy: 1 },
    });
    expect((await log.history()).outcome({ branch: "main", step: 0 })?.stateHash).toBe("state-1");
    expect(await log.readIterations("main")).toEqual([
      { branch: "main", step: 0, stage: 1, iteration: 0, metrics: { accuracy: 0.25 } },
    ]);
  });

  test("metrics are mirrored in metrics.jsonl", async () => {
    const log = await temporaryLog();
    await takeStep(log, samplePlan(0), { accuracy: 0.25 });
    expect(JSON.parse(await readFile(join(log.folder, "metrics.jsonl"), "utf8"))).toMatchObject({
      step: 0,
      metrics: { accuracy: 0.25 },
    });
  });

  test("another process sees at once what was appended", async () => {
    const log = await temporaryLog();
    const other = await openRunLog(log.folder);
    expect((await other.history()).stepsDone("main")).toBe(0);
    await takeStep(log, samplePlan(0));
    expect((await other.history()).stepsDone("main")).toBe(1);
  });
});

describe("branches", () => {
  test("share what came before their fork and nothing after it", async () => {
    const log = await temporaryLog();
    for (const step of [0, 1, 2]) await takeStep(log, samplePlan(step));
    await log.appendBranch({
      name: "branch-1",
      parent: "main",
      forkStep: 2,
      cause: "rollback",
      stage: null,
      reason: "test",
      learningRateFactor: 1,
    });
    const history = await log.history();
    expect(history.currentBranch).toBe("branch-1");
    expect(history.stepsDone("branch-1")).toBe(2);
    expect(history.policy({ branch: "branch-1", step: 2 })).toEqual({ branch: "main", step: 2 });
    expect(history.policy({ branch: "branch-1", step: 3 })).toEqual({ branch: "branch-1", step: 3 });
    expect(history.outcome({ branch: "branch-1", step: 1 })?.branch).toBe("main");
    expect(history.outcome({ branch: "branch-1", step: 2 })).toBeNull();
    expect(history.outcome({ branch: "main", step: 2 })?.branch).toBe("main");
    await takeStep(log, samplePlan(2, [], { branch: "branch-1" }));
    expect((await log.readIterations("branch-1")).map(({ branch, step }) => `${branch} ${step}`)).toEqual([
      "main 0",
      "main 1",
      "branch-1 2",
    ]);
  });

  test("of branches find the policies of all they came from", async () => {
    const log = await temporaryLog();
    const fork = { cause: "rollback" as const, stage: null, reason: "test", learningRateFactor: 1 };
    await log.appendBranch({ name: "branch-1", parent: "main", forkStep: 5, ...fork });
    await log.appendBranch({ name: "branch-2", parent: "branch-1", forkStep: 7, ...fork });
    const history = await log.history();
    const owners = [4, 5, 6, 7, 8].map((step) => history.policy({ branch: "branch-2", step }).branch);
    expect(owners).toEqual(["main", "main", "branch-1", "branch-1", "branch-2"]);
  });

  test("keep evaluations, checkpoints and settings of their ancestry apart from those that were abandoned", async () => {
    const log = await temporaryLog();
    const result = {
      questionId: "q",
      cluster: "c",
      sample: 0,
      correct: true,
      total: 1,
      values: { answer: 1, clinical: null },
    };
    for (const step of [2, 4]) {
      await log.appendEvaluation({
        branch: "main",
        step,
        pool: "validation",
        results: [result],
        metrics: { "search/count": 2 },
      });
      await log.appendCheckpoint({
        branch: "main",
        step,
        stateHash: `state-${step}`,
        ref: `checkpoints/main-${step}`,
        keep: false,
      });
      await log.appendSettings({
        branch: "main",
        step,
        learningRate: step / 1000,
        rewards: null,
        name: "Ada",
        reason: "test",
      });
    }
    await log.appendBranch({
      name: "branch-1",
      parent: "main",
      forkStep: 3,
      cause: "guard",
      stage: 1,
      reason: "test",
      learningRateFactor: 0.5,
    });
    const history = await log.history();
    expect(await log.findEvaluation({ branch: "branch-1", step: 2 }, "validation")).toMatchObject({
      results: [result],
      metrics: { "search/count": 2 },
    });
    expect(await log.findEvaluation({ branch: "branch-1", step: 4 }, "validation")).toBeNull();
    expect(history.checkpoints({ branch: "branch-1", step: 9 }).map(({ step }) => step)).toEqual([2]);
    expect(history.checkpoints({ branch: "main", step: 9 }).map(({ step }) => step)).toEqual([4, 2]);
    expect(history.settings({ branch: "branch-1", step: 9 }).map(({ step }) => step)).toEqual([2]);
    expect(history.settings({ branch: "main", step: 3 }).map(({ step }) => step)).toEqual([2]);
  });

  test("an evaluation of a policy that was evaluated is not taken twice", async () => {
    const log = await temporaryLog();
    const evaluation = {
      branch: "main",
      step: 0,
      pool: "held-out",
      metrics: {},
      results: [{ questionId: "q", cluster: "c", sample: 0, correct: true, total: 1, values: {} }],
    };
    await log.appendEvaluation(evaluation);
    const second = await log.appendEvaluation({
      ...evaluation,
      results: [{ ...evaluation.results[0], correct: false }] as typeof evaluation.results,
    });
    expect(second.results[0]?.correct).toBe(true);
    expect(await log.listEvaluations()).toEqual([{ branch: "main", step: 0, pool: "held-out" }]);
  });

  test("gate decisions come back with their evidence", async () => {
    const log = await temporaryLog();
    const gate = {
      stage: 1,
      name: "reasoner",
      start: { branch: "main", step: 0 },
      end: { branch: "main", step: 2 },
      decision: "hold" as const,
      gain: 0.1,
      low: -0.05,
      high: 0.2,
      questions: 40,
      message: "why",
      person: null,
    };
    await log.appendGate(gate);
    await log.appendGate({ ...gate, decision: "approve", person: { name: "Ada", reason: "good enough" } });
    const history = await (await openRunLog(log.folder)).history();
    expect(history.gates("main")).toEqual([
      gate,
      { ...gate, decision: "approve", person: { name: "Ada", reason: "good enough" } },
    ]);
  });
});
