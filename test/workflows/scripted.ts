import { ApplicationFailure } from "@temporalio/activity";
import type { GateVerdict } from "../../activities/gates.ts";
import type { FurtherRollout } from "../../activities/rollouts.ts";
import type { RunOverview, RunTask } from "../../activities/runs.ts";
import type { StagePosition } from "../../activities/position.ts";

/** What a scripted run did so far, and how its activities are to misbehave. */
export interface Script {
  readonly calls: string[];
  /** Iterations applied of each stage, index = stage − 1. */
  readonly done: number[];
  readonly iterations: number;
  readonly gates: Map<number, GateVerdict["decision"]>;
  /** Called before each activity by name; may throw. */
  before: (activity: string) => void | Promise<void>;
  gateDecision: GateVerdict["decision"];
  readonly personDecisions: string[];
  /** What each scoring in turn wants further; what it was given then. */
  readonly questionsWanted: number[];
  readonly further: FurtherRollout[];
  /** Batches that each scoring was given. */
  readonly scoredBatches: number[];
}

export function createScript(iterations: number): Script {
  return {
    calls: [],
    done: [0, 0, 0],
    iterations,
    gates: new Map(),
    before: () => undefined,
    gateDecision: "promote",
    personDecisions: [],
    questionsWanted: [],
    further: [],
    scoredBatches: [],
  };
}

const verdict = (decision: GateVerdict["decision"]): GateVerdict => ({
  decision,
  gain: 0.1,
  low: 0,
  high: 0.2,
  message: "scripted",
});

function nextTask(script: Script): RunTask {
  for (const stage of [1, 2, 3]) {
    const decision = script.gates.get(stage);
    if (decision === "hold") return { kind: "gate", stage, verdict: verdict("hold") };
    if (decision === undefined)
      return { kind: "stage", stage, iteration: script.done[stage - 1] ?? 0, stageIterations: script.iterations };
  }
  return { kind: "report" };
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
      };
    },
    rollBack: async ({ step: to, name }: { step: number; name: string }) => {
      await call("rollBack");
      script.personDecisions.push(`back to ${to} by ${name}`);
      script.done.fill(0);
      script.gates.clear();
    },
    extendStage: async ({ stage, name }: { stage: number; name: string }) => {
      script.personDecisions.push(`${stage} extended by ${name}`);
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
    locateStage: async ({ run, stage }: { run: string; stage: number }): Promise<StagePosition> => {
      await call("locateStage");
      return {
        run,
        stage,
        branch: "main",
        step: step(),
        iteration: script.done[stage - 1] ?? 0,
        iterations: script.iterations,
      };
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
    scoreAndPlan: async ({ batches }: { batches: readonly unknown[] }) => {
      await call("scoreAndPlan");
      script.scoredBatches.push(batches.length);
      const questionsWanted = script.questionsWanted.shift();
      return { branch: "main", reward: 0.5, accuracy: 0.25, ...(questionsWanted !== undefined && { questionsWanted }) };
    },
    update: async (position: StagePosition & { rollOutNext?: boolean }) => {
      await call("update");
      script.done[position.stage - 1] = position.iteration + 1;
      const applied = { kind: "applied", stateHash: "scripted", snapshot: position.iteration % 4 === 3 };
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
      return verdict(script.gateDecision);
    },
    recordGateDecision: async ({ stage, decision, name }: { stage: number; decision: string; name: string }) => {
      script.personDecisions.push(`${stage} ${decision} ${name}`);
      script.gates.set(stage, "promote");
    },
    planCorpus: async () => {
      throw ApplicationFailure.nonRetryable("corpus: it is missing", "BadInput");
    },
    nightTasks: async () => [],
    compareNight: async () => {
      await call("compareNight");
      return { regressions: [] };
    },
    writeReport: async () => {
      await call("writeReport");
      return { file: "report.html" };
    },
  };
}
