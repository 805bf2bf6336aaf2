import type { RunConfiguration } from "../configuration/configuration.ts";
import { stagePosition } from "../curriculum/position.ts";
import { protocolProbePool } from "../curriculum/protocolProbe.ts";
import { runStages } from "../curriculum/runStages.ts";
import { withoutWarmStart } from "../curriculum/warmStart.ts";
import { schedules } from "../schedules/scheduleRegistry.ts";
import type { RunHistory } from "../trajectories/history.ts";
import type { RunUsage } from "../trajectories/log.ts";
import type { CostPlan } from "./plan.ts";
import type { Rates } from "./rates.ts";

/** Seconds of what is still to be done; null where nothing tells. */
export interface TimeLeft {
  /** Of one iteration: sampling, scoring, updating. */
  readonly perIteration: number | null;
  /** Of the evaluations and gates to come, together. */
  readonly beside: number | null;
}

export interface TimeLeftSources {
  readonly configuration: RunConfiguration;
  /** Names of the pools that checkpoints are evaluated on. */
  readonly pools: readonly string[];
  readonly history: RunHistory;
  readonly usage: RunUsage;
  /** What the run takes at most, and at what rates, before anything is measured; null where no rates are known. */
  readonly planned: {
    readonly plan: Pick<CostPlan, "training" | "evaluation" | "iterations">;
    readonly rates: Rates;
  } | null;
}

/** Iterations and evaluations, the newest, that the pace is taken from. */
const recent = 5;

/** By what the run's own log measured; before that by its plan. */
export function timeLeft({ configuration, pools, history, usage, planned }: TimeLeftSources): TimeLeft {
  const toCome = evaluationsToCome(configuration, pools, history);
  const perEvaluation = measuredEvaluation(usage) ?? plannedEvaluation(configuration, pools, planned);
  return {
    perIteration: measuredIteration(history) ?? plannedIteration(planned),
    beside: toCome === 0 ? 0 : perEvaluation === null ? null : toCome * perEvaluation,
  };
}

/** Of the newest iterations of the stage that was trained last. */
function measuredIteration(history: RunHistory): number | null {
  const branch = history.currentBranch;
  const done = history.stepsDone(branch);
  const newest = Array.from({ length: Math.min(recent, done) }, (_, back) =>
    history.outcome({ branch, step: done - 1 - back }),
  );
  return mean(newest.flatMap((one) => (one !== null && one.stage === newest[0]?.stage ? [one.usage.seconds] : [])));
}

/** The probe is no measure: its answers are cut short. */
function measuredEvaluation({ evaluations }: RunUsage): number | null {
  return mean(
    evaluations
      .filter(({ pool }) => pool !== protocolProbePool)
      .slice(-recent)
      .map(({ usage }) => usage.seconds),
  );
}

function plannedIteration(planned: TimeLeftSources["planned"]): number | null {
  if (planned === null || planned.plan.iterations === 0) return null;
  const { training, iterations } = planned.plan;
  return (training.sampledTokens / planned.rates.sampled + training.trainedTokens / planned.rates.trained) / iterations;
}

function plannedEvaluation(
  { schedule, stages }: RunConfiguration,
  pools: readonly string[],
  planned: TimeLeftSources["planned"],
): number | null {
  if (planned === null) return null;
  const outline = schedules.create(schedule).outline(stages);
  const all = (outline.length + 1) * pools.length + outline.filter(({ gate }) => gate !== null).length;
  return planned.plan.evaluation.sampledTokens / planned.rates.sampled / Math.max(1, all);
}

/** Evaluations of a pool: the base's before the first step, then for each stage that has not ended every pool, and its gate's. */
function evaluationsToCome(
  { schedule, stages }: RunConfiguration,
  pools: readonly string[],
  history: RunHistory,
): number {
  const begun = runStages(history);
  const likely = schedules.create(schedule).outline(stages).slice(withoutWarmStart(begun).length);
  const open = begun.filter(({ number }) => {
    const { iteration, iterations } = stagePosition(history, number);
    return iteration < iterations;
  });
  const base = begun.length === 0 ? pools.length : 0;
  return [...open, ...likely].reduce((sum, { gate }) => sum + pools.length + (gate === null ? 0 : 1), base);
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
