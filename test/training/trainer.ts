import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunConfiguration } from "../../src/configuration/configuration.ts";
import { decide } from "../../src/curriculum/decide.ts";
import { advantagesOf, algorithmOf, learningBatch } from "../../src/training/learning.ts";
import type { ReadyStep } from "../../src/training/plan.ts";
import { recordStep } from "../../src/training/record.ts";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { runStages } from "../../src/curriculum/runStages.ts";
import { createResidentPolicy } from "../../src/training/resident.ts";
import type { StepResult } from "../../src/training/resident.ts";
import type { Score } from "../../src/domain/reward.ts";
import { seedText, uniformAt } from "../../src/domain/seed.ts";
import type { BatchReceipt, PlannedStep } from "../../src/domain/step.ts";
import type { Trajectory } from "../../src/domain/trajectory.ts";
import { RunFolderPolicy } from "../../src/engines/folders/runFolderPolicy.ts";
import type { FolderPolicy } from "../../src/policy/folderPolicy.ts";
import type { Policy } from "../../src/policy/port.ts";
import { openRunLog } from "../../src/trajectories/lanceLog.ts";
import type { RunLog } from "../../src/trajectories/log.ts";
import type { PolicyAddress } from "../../src/domain/address.ts";

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "med-r3-core-"));
}

/** 2 questions × 3 samples, a snapshot every other step. */
export function testConfiguration(overrides: Record<string, unknown> = {}): RunConfiguration {
  return resolveConfiguration({
    preset: "tiny",
    run: "test",
    rollout: { questions: 2, samples: 3, maxResponseTokens: 12 },
    optimizer: { minibatches: 2 },
    policy: { microBatchTokens: 64 },
    ...overrides,
  });
}

/** A policy of folders as one of a run. */
export function ofRun(policy: FolderPolicy, runFolder: string): Policy {
  return new RunFolderPolicy(policy, runFolder);
}

/** Trajectories that depend on the policy's state and on their address alone. */
export async function sampleTrajectories(
  policy: Policy,
  configuration: RunConfiguration,
  { branch, step }: PolicyAddress,
): Promise<Trajectory[]> {
  const { questions, samples, maxResponseTokens } = configuration.rollout;
  const places = Array.from({ length: questions * samples }, (_, index) => ({
    questionId: `q${step}-${Math.floor(index / samples)}`,
    sample: index % samples,
  }));
  const sequences = await policy.sample(
    places.map(({ questionId, sample }) => ({
      prompt: [1, 2, 3],
      seed: seedText([configuration.seed, branch, step, questionId, sample]),
      temperature: 1,
      topP: 1,
      topK: 0,
      maxResponseTokens,
      stopStrings: [],
    })),
    { respond: async () => [] },
  );
  return places.map((place, index) => ({
    branch,
    stage: 1,
    iteration: step,
    ...place,
    promptTokens: [1, 2, 3],
    segments: [...(sequences[index]?.segments ?? [])],
    text: `answer ${index}`,
    calls: [],
    stopReason: "end",
  }));
}

/** Scores that depend on the trajectory alone. */
export function scoreOf(trajectory: Trajectory): Score {
  const total = uniformAt(trajectory.segments.flatMap((segment) => segment.tokens));
  return { total, correct: total > 0.5, values: { format: 1, answer: total > 0.5 ? 1 : 0.1, clinical: null } };
}

/** A step of batches, scored by `score` and ready to be planned. */
export async function readyStep(
  log: RunLog,
  configuration: RunConfiguration,
  batches: readonly BatchReceipt[],
  score = scoreOf,
): Promise<ReadyStep> {
  const step = await log.readBatches(batches);
  const scores = step.trajectories.map(score);
  const { questions } = configuration.rollout;
  const learning = learningBatch({ trajectories: step.trajectories, scores, components: [], questions });
  return { ...step, scores, advantages: advantagesOf(algorithmOf(configuration), learning) };
}

/** Called at named points; throwing there is a crash. */
export type Failpoint = (name: string) => void;

export interface Trainer {
  readonly policy: Policy;
  readonly log: RunLog;
  /** Takes the next step as the activities do, adopting what earlier attempts finished. */
  step(crash?: Failpoint): Promise<StepResult>;
}

/** Opens a run's log and an engine for it, as a process does that starts after a crash. */
export async function openTrainer(
  folder: string,
  folderPolicy: FolderPolicy,
  configuration = testConfiguration(),
): Promise<Trainer> {
  const log = await openRunLog(folder);
  const policy = ofRun(folderPolicy, folder);
  const resident = createResidentPolicy(policy, log);
  const rollOut = async (address: PolicyAddress): Promise<BatchReceipt> => {
    const place = { branch: address.branch, stage: 1, iteration: address.step, shard: 0 };
    const adopted = await log.findBatch(place);
    if (adopted !== null) return adopted;
    await resident.moveTo(address);
    return log.appendBatch(place, await sampleTrajectories(policy, configuration, address), {
      fingerprint: policy.fingerprint,
      timings: {},
      attempt: 1,
    });
  };
  const plan = async (address: PolicyAddress, batch: BatchReceipt): Promise<PlannedStep> =>
    recordStep(
      log,
      configuration,
      { ...address, stage: 1, iteration: address.step },
      await readyStep(log, configuration, [batch]),
    );
  return {
    policy,
    log,
    step: async (crash = () => undefined) => {
      const history = await log.history();
      const branch = history.currentBranch;
      if (history.checkpoints({ branch, step: 0 }).length === 0)
        await resident.snapshot({ branch, step: 0, keep: true });
      crash("base kept");
      if (runStages(history).length === 0) await decide(log, configuration, []);
      crash("stage decided");
      const address = { branch, step: history.stepsDone(branch) };
      const batch = await rollOut(address);
      crash("batch appended");
      const planned = await plan(address, batch);
      crash("plan appended");
      const result = await resident.apply(planned, { guard: configuration.guard });
      crash("outcome appended");
      const done = { branch: planned.plan.branch, step: planned.plan.step + 1 };
      if (result.kind === "applied" && done.step % configuration.snapshot.every === 0)
        await resident.snapshot({ ...done, keep: false });
      crash("snapshot taken");
      return result;
    },
  };
}

/** Failpoints of `step`, in order. */
export const failpoints = [
  "base kept",
  "batch appended",
  "plan appended",
  "outcome appended",
  "snapshot taken",
] as const;
