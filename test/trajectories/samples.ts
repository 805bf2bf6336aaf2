import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StepPlan } from "../../src/domain/step.ts";
import type { BatchReceipt } from "../../src/domain/step.ts";
import type { Trajectory } from "../../src/domain/trajectory.ts";
import { hashOf } from "../../src/trajectories/canonical.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import type { RunLog } from "../../src/trajectories/log.ts";
import type { BatchAddress, BatchDetails, StepScores } from "../../src/trajectories/records.ts";
import { searchCall } from "../environments/searchCalls.ts";

export async function temporaryLog(): Promise<RunLog> {
  return openRunLog(await mkdtemp(join(tmpdir(), "med-r3-log-")));
}

export const details: BatchDetails = { fingerprint: "engine", timings: { "timing_s/rollout": 1.5 }, attempt: 1 };

export function addressOf(iteration: number, shard = 0): BatchAddress {
  return { branch: "main", stage: 1, iteration, shard };
}

/** Trajectories with a search in the middle and log-probabilities that are 32-bit floats. */
export function sampleTrajectories(iteration: number, count = 4): Trajectory[] {
  return Array.from({ length: count }, (_, sample) => ({
    branch: "main",
    stage: 1,
    iteration,
    questionId: `question "${sample % 2}"`,
    sample,
    promptTokens: [5, 6, 7],
    segments: [
      {
        origin: "policy",
        tokens: [1, 2, sample],
        logProbabilities: [-0.5, -1.25, Math.fround(-Math.log(sample + 1.7))],
      },
      { origin: "environment", tokens: [9, 9], logProbabilities: [] },
      { origin: "policy", tokens: [3], logProbabilities: [Math.fround(-0.1)] },
    ],
    text: `antwoord ${sample} – “<answer>” ✓`,
    calls: [searchCall(["a", "b"], "fever high")],
    stopReason: "end",
  }));
}

export const unscored: StepScores = { scores: [], timings: {} };

export function samplePlan(
  step: number,
  batches: readonly BatchReceipt[] = [],
  changes: Partial<StepPlan> = {},
): StepPlan {
  return {
    branch: "main",
    step,
    stage: 1,
    iteration: step,
    parentStateHash: `state-${step}`,
    batches: [...batches],
    scoresHash: hashOf(unscored.scores),
    advantages: [0.1, -1 / 3, 2 ** -40, 1],
    minibatches: [[[0, 1], [3]], [[2]]],
    lossDivisors: [12, 4],
    loss: { kind: "policy-gradient", clipLow: 0.2, clipHigh: 0.28, dualClip: 3 },
    optimizer: { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, gradientClip: 1 },
    temperature: 1,
    fingerprint: "engine",
    revision: 0,
    ...changes,
  };
}

/** Decisions to train these stages, as a schedule leaves them in the log; `step` is the one that each begins at. */
export async function decideStages(
  log: RunLog,
  stages: readonly { readonly name: string; readonly iterations: number; readonly step: number }[],
): Promise<void> {
  for (const { name, iterations, step } of stages)
    await log.appendDecision({
      branch: "main",
      step,
      asked: `before ${name}`,
      work: { kind: "train", stage: { name, iterations, rewards: { answer: 1 }, gate: {} } },
      reason: "sample",
    });
}

export async function takeStep(
  log: RunLog,
  plan: StepPlan,
  metrics: Record<string, number> = { accuracy: 0.5 },
  scored: StepScores = unscored,
): Promise<void> {
  await log.appendPlan(plan, scored);
  await log.appendOutcome(plan, {
    branch: plan.branch,
    step: plan.step,
    stateHash: `state-${plan.step + 1}`,
    fingerprint: "engine",
    metrics,
  });
}
