import type { RunHistory } from "../trajectories/history.ts";
import type { RunLog } from "../trajectories/log.ts";
import type { GateRecord, PolicyAddress } from "../trajectories/records.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";

/** Where a stage stands. */
export interface StagePosition extends PolicyAddress {
  readonly stage: number;
  /** Iterations done; also the index of the next one. */
  readonly iteration: number;
  /** Iterations the stage is to have, extensions included. */
  readonly iterations: number;
}

/** What a run lacks next. */
export type RunWork =
  | { readonly kind: "base" }
  | { readonly kind: "evaluate"; readonly label: string; readonly branch: string; readonly step: number }
  | { readonly kind: "stage"; readonly stage: number; readonly iteration: number; readonly iterations: number }
  | { readonly kind: "gate"; readonly stage: number; readonly gate: GateRecord }
  | { readonly kind: "done" };

export const stages = [1, 2, 3] as const;
export type StageNumber = (typeof stages)[number];

/** Where a stage stands on the current branch. */
export function stagePosition(history: RunHistory, configuration: RunConfiguration, stage: number): StagePosition {
  const branch = history.currentBranch;
  const start = stageStart(history, stage).step;
  let step = start;
  while (history.outcome({ branch, step })?.stage === stage) step++;
  const last = history.outcome({ branch, step: step - 1 });
  const iteration = step === start || last === null ? 0 : last.iteration + 1;
  return { branch, step, stage, iteration, iterations: stageIterations(history, configuration, stage) };
}

/** Iterations of a stage as configured, and those that its gates added. */
export function stageIterations(history: RunHistory, configuration: RunConfiguration, stage: number): number {
  const extensions = extensionsOf(history, stage);
  return configuration.stage[checkedStage(stage)].iterations + extensions * configuration.gate.extensionIterations;
}

/** Times that gates of a stage were decided with "extend" on the current branch. */
export function extensionsOf(history: RunHistory, stage: number): number {
  return history.gates(history.currentBranch).filter((gate) => gate.stage === stage && gate.decision === "extend")
    .length;
}

/** The policy that a stage began with on the current branch. */
export function stageStart(history: RunHistory, stage: number): PolicyAddress {
  const branch = history.currentBranch;
  let step = history.stepsDone(branch);
  while (step > 0 && (history.outcome({ branch, step: step - 1 })?.stage ?? 0) >= stage) step--;
  return { branch, step };
}

/** What the log says a run lacks next; `pools` are those that its checkpoints are evaluated on. */
export async function nextWork(
  log: RunLog,
  configuration: RunConfiguration,
  pools: readonly string[],
): Promise<RunWork> {
  const history = await log.history();
  const branch = history.currentBranch;
  if (history.checkpoints({ branch, step: 0 }).length === 0) return { kind: "base" };
  if (await lacksEvaluation(log, { branch, step: 0 }, pools))
    return { kind: "evaluate", label: "base", branch, step: 0 };
  for (const stage of stages) {
    const work = await stageWork(log, history, configuration, stage, pools);
    if (work !== null) return work;
  }
  return { kind: "done" };
}

/** Null when the stage is trained, past its gate and evaluated. */
async function stageWork(
  log: RunLog,
  history: RunHistory,
  configuration: RunConfiguration,
  stage: StageNumber,
  pools: readonly string[],
): Promise<RunWork | null> {
  const { branch, step, iteration, iterations } = stagePosition(history, configuration, stage);
  if (iterations === 0) return null;
  const gate = gateAt(history, stage, { branch, step });
  if (iteration < iterations || gate === null) return { kind: "stage", stage, iteration, iterations };
  if (gate.decision === "hold" || gate.decision === "reject") return { kind: "gate", stage, gate };
  return (await lacksEvaluation(log, { branch, step }, pools))
    ? { kind: "evaluate", label: `after stage ${stage}`, branch, step }
    : null;
}

/** The latest decision about a stage that ends with a policy. */
export function gateAt(history: RunHistory, stage: number, end: PolicyAddress): GateRecord | null {
  const policy = history.policy(end);
  return (
    history
      .gates(end.branch)
      .findLast((gate) => gate.stage === stage && gate.end.branch === policy.branch && gate.end.step === policy.step) ??
    null
  );
}

async function lacksEvaluation(log: RunLog, address: PolicyAddress, pools: readonly string[]): Promise<boolean> {
  for (const pool of pools) if ((await log.findEvaluation(address, pool)) === null) return true;
  return false;
}

function checkedStage(stage: number): StageNumber {
  const known = stages.find((one) => one === stage);
  if (known === undefined) throw new RangeError(`there are stages 1, 2 and 3, not ${stage}`);
  return known;
}
