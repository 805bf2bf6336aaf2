import type { OfRun, StagePosition } from "../../src/domain/address.ts";
import type { BatchReceipt } from "../../src/domain/step.ts";
import { noSpent } from "../../src/domain/usage.ts";
import { ApplicationFailure } from "@temporalio/activity";
import type { Gate } from "../../src/domain/gate.ts";
import type { FurtherRollout } from "../../activities/rollouts.ts";
import type { RunOverview, RunTask, StageTask } from "../../activities/runs.ts";
import type { ShardOfRollout, SharedPolicy } from "../../activities/shards.ts";

/** What a scripted run did so far, and how its activities are to misbehave. */
export interface Script {
  readonly calls: string[];
  /** Iterations applied of each stage, index = stage − 1. */
  readonly done: number[];
  iterations: number;
  readonly gates: Map<number, Gate["decision"]>;
  /** Called before each activity by name; may throw. */
  before: (activity: string) => void | Promise<void>;
  gateDecision: Gate["decision"];
  /** Whether stages end at a gate. */
  gated: boolean;
  readonly personDecisions: string[];
  /** What each scoring in turn wants further; what it was given then. */
  readonly questionsWanted: number[];
  readonly further: FurtherRollout[];
  /** Iterations from which the budget is reached, until a person approves more; null for no budget. */
  budget: number | null;
  /** Batches that each scoring was given. */
  readonly scoredBatches: number[];
  /** Of each rollout; 1 for one piece. */
  shards: number;
  /** Batches by name, as the last scoring was given them. */
  batches: readonly string[];
}

export function createScript(iterations: number): Script {
  return {
    calls: [],
    done: [0, 0, 0],
    iterations,
    gates: new Map(),
    before: () => undefined,
    gateDecision: "promote",
    gated: true,
    personDecisions: [],
    questionsWanted: [],
    further: [],
    budget: null,
    scoredBatches: [],
    shards: 1,
    batches: [],
  };
}

/** As the tiny preset has them. */
const stageNames = ["reasoner", "retriever", "collaboration"] as const;

const gateOf = (stage: number, decision: Gate["decision"]): Gate => ({
  stage,
  name: stageNames[stage - 1] ?? "",
  start: { branch: "main", step: 0 },
  end: { branch: "main", step: 1 },
  decision,
  gain: 0.1,
  low: 0,
  high: 0.2,
  questions: 4,
  message: "scripted",
  person: null,
});

function positionOf(script: Script, stage: number): StagePosition {
  return {
    branch: "main",
    step: script.done.reduce((sum, count) => sum + count, 0),
    stage,
    name: stageNames[stage - 1] ?? "",
    iteration: script.done[stage - 1] ?? 0,
    iterations: script.iterations,
    gated: script.gated,
  };
}

function nextTask(script: Script): RunTask {
  for (const stage of [1, 2, 3]) {
    const decision = script.gates.get(stage);
    if (decision === "hold") return { kind: "gate", gate: gateOf(stage, "hold") };
    const position = positionOf(script, stage);
    const trained = position.iteration >= position.iterations;
    if (script.gated ? decision === undefined : !trained) return { kind: "stage", position };
  }
  return { kind: "report" };
}

function overBudget({ budget, done }: Script, more = 0): string | null {
  const used = done.reduce((sum, count) => sum + count, more);
  return budget !== null && used >= budget ? `the budget is reached (${used} of ${budget})` : null;
}

/** Activities that keep the rules of the real ones (idempotent, the log decides) on a log in memory. */
export function scriptedActivities(script: Script) {
  const step = (): number => script.done.reduce((sum, count) => sum + count, 0);
  const call = async (name: string): Promise<void> => {
    script.calls.push(name);
    await script.before(name);
  };
  return {
    openRun: async (overrides: Record<string, unknown>) => {
      await call("openRun");
      if ("stge" in overrides) throw ApplicationFailure.nonRetryable("stge: unknown field", "BadInput");
      return { run: "scripted", engine: "scripted" };
    },
    nextTask: async (): Promise<RunOverview> => {
      await call("nextTask");
      const checkpoints = [{ branch: "main", step: 0, label: "base" }];
      return {
        task: nextTask(script),
        iterationsDone: step(),
        iterationsTotal: 3 * script.iterations,
        checkpoints,
        gates: [],
        spent: noSpent,
        overBudget: overBudget(script),
      };
    },
    rollBack: async ({ step: to, name }: { step: number; name: string }) => {
      await call("rollBack");
      script.personDecisions.push(`back to ${to} by ${name}`);
      script.done.fill(0);
      script.gates.clear();
    },
    extendStage: async ({ stage, name }: { stage: string; name: string }) => {
      script.personDecisions.push(`${stage} extended by ${name}`);
    },
    approveBudget: async ({ tokens, name }: { tokens?: number; name: string }) => {
      await call("approveBudget");
      script.personDecisions.push(`${tokens} tokens by ${name}`);
      script.budget = tokens ?? null;
      return { spent: noSpent, overBudget: null };
    },
    explainEngineWait: async () => {
      await call("explainEngineWait");
      return "all are busy";
    },
    changeSettings: async ({ name }: { name: string }) => {
      await call("changeSettings");
      script.personDecisions.push(`settings by ${name}`);
      return "from the next iteration on";
    },
    locateStage: async ({ run, stage }: { run: string; stage: string }): Promise<StageTask> => {
      await call("locateStage");
      const position = positionOf(script, stageNames.findIndex((name) => name === stage) + 1);
      return { run, ...position, ...(script.shards > 1 && { shards: script.shards }) };
    },
    stageStart: async ({ run }: { run: string }) => ({ run, branch: "main", step: 0 }),
    acquireEngine: async () => {
      await call("acquireEngine");
      return { queue: "scripted-engine" };
    },
    rollOut: async ({ further }: { further?: FurtherRollout }) => {
      await call("rollOut");
      if (further !== undefined) script.further.push(further);
      return { batches: further === undefined ? [] : [{ batchId: `further-${further.round}`, count: 1, hash: "" }] };
    },
    sharePolicy: async (): Promise<SharedPolicy> => {
      await call("sharePolicy");
      return { ref: "shared", stateHash: "scripted", fingerprint: "scripted" };
    },
    rollOutShard: async ({ iteration, shard: { index, of }, policy, further }: ShardOfRollout) => {
      await call(`rollOutShard ${index} of ${of}`);
      if (policy.ref !== "shared") throw new Error("the shard names another policy than was shared");
      const batch = { batchId: `${iteration}.${further?.round ?? 0}.${index}`, count: 1, hash: "" };
      return { batches: [batch], workers: [`gpu-${index}`] };
    },
    scoreBatches: async ({ batches }: { batches: readonly BatchReceipt[] }) => {
      await call(`scoreBatches ${batches.map(({ batchId }) => batchId).join()}`);
      return { timings: {} };
    },
    scoreAndPlan: async ({ batches }: { batches: readonly BatchReceipt[] }) => {
      await call("scoreAndPlan");
      script.batches = batches.map(({ batchId }) => batchId);
      script.scoredBatches.push(batches.length);
      const questionsWanted = script.questionsWanted.shift();
      return {
        branch: "main",
        reward: 0.5,
        accuracy: 0.25,
        // The iteration that is scored counts already.
        overBudget: overBudget(script, 1),
        ...(questionsWanted !== undefined && { questionsWanted }),
      };
    },
    update: async (position: OfRun<StagePosition> & { rollOutNext?: boolean; shareNext?: boolean }) => {
      await call("update");
      script.done[position.stage - 1] = position.iteration + 1;
      const applied = { kind: "applied", stateHash: "scripted", snapshot: position.iteration % 4 === 3 };
      if (position.shareNext === true)
        return { ...applied, shared: { ref: "shared", stateHash: "scripted", fingerprint: "scripted" } };
      if (position.rollOutNext !== true) return applied;
      await call("rollOut");
      return { ...applied, batches: [] };
    },
    maintain: async () => call("maintain"),
    shrinkPlan: async () => call("shrinkPlan"),
    releaseEngine: async () => call("releaseEngine"),
    keepCheckpoint: async () => call("keepCheckpoint"),
    evaluatePool: async () => {
      await call("evaluatePool");
      return { pool: "validation", questions: 1, accuracy: 1 };
    },
    decideGate: async ({ stage }: { stage: number }) => {
      await call("decideGate");
      script.gates.set(stage, script.gateDecision);
      return gateOf(stage, script.gateDecision);
    },
    recordGateDecision: async ({ stage, decision, name }: { stage: number; decision: string; name: string }) => {
      script.personDecisions.push(`${stage} ${decision} ${name}`);
      script.gates.set(stage, "promote");
    },
    planCorpus: async () => {
      throw ApplicationFailure.nonRetryable("corpus: it is missing", "BadInput");
    },
    nightlyTasks: async () => [],
    reportRegressions: async () => {
      await call("reportRegressions");
      return { regressions: [] };
    },
    writeReport: async () => {
      await call("writeReport");
      return { file: "report.html" };
    },
  };
}
