import type { RunConfiguration } from "../configuration/configuration.ts";
import type { PolicyAddress, StagePosition } from "../domain/address.ts";
import type { Gate } from "../domain/gate.ts";
import type { RunHistory } from "../trajectories/history.ts";
import type { RunLog } from "../trajectories/log.ts";
import { decide } from "./decide.ts";
import { gateAt, stagePosition } from "./position.ts";
import { probesProtocol, protocolProbePool } from "./protocolProbe.ts";
import { runStages } from "./runStages.ts";

/** The next work of a run. */
export type RunWork =
  | { readonly kind: "base" }
  | { readonly kind: "evaluate"; readonly label: string; readonly branch: string; readonly step: number }
  | { readonly kind: "stage"; readonly position: StagePosition }
  | { readonly kind: "gate"; readonly gate: Gate }
  | { readonly kind: "done" };

/**
 * Finds a run's next work, by its log. `pools` are those that its checkpoints are evaluated on, `baselines` those that
 * other models answer. The base and a stage under way come first, up to the decision of its gate; then the schedule is
 * asked. Throws ScheduleError.
 */
export async function nextWork(
  log: RunLog,
  configuration: RunConfiguration,
  pools: readonly string[],
  baselines: readonly string[] = [],
): Promise<RunWork> {
  const history = await log.history();
  const branch = history.currentBranch;
  const base = { branch, step: 0 };
  if (history.checkpoints(base).length === 0) return { kind: "base" };
  const probes = history.stepsDone(branch) === 0 && probesProtocol(configuration) ? [protocolProbePool] : [];
  if (await lacksEvaluation(log, base, [...probes, ...pools, ...baselines]))
    return { kind: "evaluate", label: "base", ...base };
  return stageUnderWay(history) ?? (await scheduled(log, configuration, pools));
}

/** The stage under way; null where no stage has begun, or the one that has is trained and past its gate. */
function stageUnderWay(history: RunHistory): RunWork | null {
  const { currentBranch: branch } = history;
  const step = history.stepsDone(branch);
  const last = step === 0 ? null : history.outcome({ branch, step: step - 1 });
  if (last === null) return null;
  const position = stagePosition(history, last.stage);
  if (position.iteration < position.iterations || !isClosed(history, position)) return { kind: "stage", position };
  const gate = gateAt(history, position.stage, position);
  return gate?.decision === "hold" || gate?.decision === "reject" ? { kind: "gate", gate } : null;
}

/** Whether a stage's end is kept for good, and its gate decided where it has one. */
function isClosed(history: RunHistory, position: StagePosition): boolean {
  if (position.gated) return gateAt(history, position.stage, position) !== null;
  return history.checkpoints(position).some(({ step, keep }) => step === position.step && keep);
}

async function scheduled(log: RunLog, configuration: RunConfiguration, pools: readonly string[]): Promise<RunWork> {
  const { work } = await decide(log, configuration, pools);
  const history = await log.history();
  const branch = history.currentBranch;
  switch (work.kind) {
    case "finish":
      return { kind: "done" };
    case "evaluate": {
      const stage = runStages(history).findLast(({ step }) => step < history.stepsDone(branch));
      return { kind: "evaluate", label: `after ${stage?.name ?? "base"}`, branch, step: history.stepsDone(branch) };
    }
    default:
      return { kind: "stage", position: stagePosition(history, runStages(history).length) };
  }
}

async function lacksEvaluation(log: RunLog, address: PolicyAddress, pools: readonly string[]): Promise<boolean> {
  for (const pool of pools) if ((await log.findEvaluation(address, pool)) === null) return true;
  return false;
}
