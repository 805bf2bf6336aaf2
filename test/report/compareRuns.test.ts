import { describe, expect, it } from "vitest";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { compareRuns, differingSettings, verdictOf, type ComparedRun } from "../../src/report/compareRuns.ts";
import { decideStages, samplePlan, takeStep, temporaryLog } from "../trajectories/samples.ts";

describe("two runs side by side", () => {
  const resolve = (overrides: object) => resolveConfiguration({ preset: "tiny", run: "a", ...overrides });

  it("differ in the settings that are not equal, by dotted name", () => {
    expect(differingSettings(resolve({}), resolve({ seed: 7, optimizer: { learningRate: 1e-3 }, run: "b" }))).toEqual([
      { name: "seed", values: ["1", "7"] },
      { name: "optimizer.learningRate", values: ["0.0004", "0.001"] },
    ]);
  });

  it("do not differ by their names alone", () => {
    expect(differingSettings(resolve({}), resolve({ run: "b" }))).toEqual([]);
  });
});

describe("a verdict over two runs", () => {
  const difference = (mean: number, low: number, high: number) => ({ mean, low, high });

  it("names a winner only where the whole interval lies on one side of zero", () => {
    expect(verdictOf(difference(0.2, 0.1, 0.3), 60, 60)).toEqual({ kind: "second" });
    expect(verdictOf(difference(-0.2, -0.3, -0.1), 60, 60)).toEqual({ kind: "first" });
  });

  it("names none on a handful of questions, however clear they look, and says how many it needs", () => {
    expect(verdictOf(difference(1, 1, 1), 5, 5)).toEqual({ kind: "too-few", clustersNeeded: 30 });
    expect(verdictOf(difference(1, 1, 1), 200, 29)).toEqual({ kind: "too-few", clustersNeeded: 30 });
  });

  it("says how many questions would tell an open difference: four times as many halve the interval", () => {
    expect(verdictOf(difference(0.05, -0.05, 0.15), 100, 100)).toEqual({ kind: "open", questionsNeeded: 400 });
  });

  it("tells an open difference from none at all", () => {
    expect(verdictOf(difference(0, 0, 0), 100, 100)).toEqual({ kind: "equal" });
  });
});

describe("runs that stand at different stages", () => {
  const questions = Array.from({ length: 40 }, (_, index) => `q${index}`);

  /** A run whose checkpoints answered as told, by the stage that they ended. */
  async function runWith(name: string, rightByStage: readonly number[], unscored = 0): Promise<ComparedRun> {
    const log = await temporaryLog();
    await decideStages(
      log,
      rightByStage.slice(1).map((_, index) => ({ name: `stage-${index + 1}`, iterations: 1, step: index })),
    );
    for (const [stage, right] of rightByStage.entries()) {
      if (stage > 0) await takeStep(log, samplePlan(stage - 1, [], { stage, iteration: 0 }));
      const results = questions.map((questionId, index) => ({
        questionId,
        cluster: questionId,
        sample: 0,
        correct: index < unscored ? null : index < right,
        total: 0,
        values: {},
      }));
      await log.appendEvaluation({ branch: "main", step: stage, pool: "held-out", results, metrics: {} });
    }
    return { configuration: resolveConfiguration({ preset: "tiny", run: name }), log };
  }

  it("are compared at the newest checkpoint that both have, and it is said", async () => {
    const [finished, interrupted] = [await runWith("a", [0, 10, 20, 40]), await runWith("b", [0, 10, 10])];
    const { newest, pools } = await compareRuns(finished, interrupted);
    expect(newest).toEqual(["after stage-3", "after stage-2"]);
    expect(pools).toMatchObject([
      { pool: "held-out", checkpoints: ["after stage-2", "after stage-2"], accuracies: [0.5, 0.25], questions: 40 },
    ]);
    for (const { log } of [finished, interrupted]) log.close();
  });

  it("leave out what could not be scored in one of them, and it is counted", async () => {
    const [whole, broken] = [await runWith("a", [40]), await runWith("b", [40], 4)];
    const { pools } = await compareRuns(whole, broken);
    expect(pools).toMatchObject([{ accuracies: [1, 1], questions: 36, unscored: [0, 4] }]);
    for (const { log } of [whole, broken]) log.close();
  });
});
