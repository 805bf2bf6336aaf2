import type { RunConfiguration } from "../configuration/configuration.ts";
import { stagePosition } from "../curriculum/position.ts";
import { protocolProbePool } from "../curriculum/protocolProbe.ts";
import { runStages } from "../curriculum/runStages.ts";
import { withoutWarmStart } from "../curriculum/warmStart.ts";
import { outlineOf } from "../schedules/outlineOf.ts";
import type { RunHistory } from "../trajectories/history.ts";
import type { RunUsage } from "../trajectories/log.ts";
import type { CostPlan } from "./plan.ts";
import type { Rates } from "./rates.ts";

/** Seconds of what is still to be done; null where nothing tells. */
export interface TimeLeft {
  /** Seconds of one iteration: sampling, scoring, updating. */
  readonly perIteration: number | null;
  /** Seconds of the evaluations and gates to come, together. */
  readonly beside: number | null;
}

export interface TimeLeftSources {
  readonly configuration: RunConfiguration;
  /** Names of the pools that checkpoints are evaluated on. */
  readonly pools: readonly string[];
  readonly history: RunHistory;
  readonly usage: RunUsage;
  /** Asked only where nothing is measured yet: it reads earlier runs. */
  readonly planned: () => Promise<Planned | null>;
}

/** What the run takes at most, and at what rates; null where no rates are known. */
export interface Planned {
  readonly plan: Pick<CostPlan, "training" | "evaluation" | "iterations">;
  readonly rates: Rates;
}

/** Iterations and evaluations, the newest, that the pace is taken from. */
const recent = 5;

/** Estimates by what the run's own log measured; before that by its plan. */
export async function timeLeft(sources: TimeLeftSources): Promise<TimeLeft> {
  const { configuration, pools, history, usage } = sources;
  const toCome = evaluationsToCome(configuration, pools, history);
  const measured = { iteration: measuredIteration(history), evaluation: measuredEvaluation(usage) };
  const wantsPlan = measured.iteration === null || (measured.evaluation === null && toCome > 0);
  const planned = wantsPlan ? await sources.planned() : null;
  const perEvaluation = measured.evaluation ?? plannedEvaluation(configuration, pools, planned);
  return {
    perIteration: measured.iteration ?? plannedIteration(planned),
    beside: toCome === 0 ? 0 : perEvaluation === null ? null : toCome * perEvaluation,
  };
}

/** Mean seconds of the newest iterations of the stage that was trained last. */
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

function plannedIteration(planned: Planned | null): number | null {
  if (planned === null || planned.plan.iterations === 0) return null;
  const { training, iterations } = planned.plan;
  return (training.sampledTokens / planned.rates.sampled + training.trainedTokens / planned.rates.trained) / iterations;
}

function plannedEvaluation(
  configuration: RunConfiguration,
  pools: readonly string[],
  planned: Planned | null,
): number | null {
  if (planned === null) return null;
  const outline = outlineOf(configuration);
  const all = (outline.length + 1) * pools.length + outline.filter(({ gate }) => gate !== null).length;
  return planned.plan.evaluation.sampledTokens / planned.rates.sampled / Math.max(1, all);
}

/** Evaluations of a pool: the base's before the first step, then for each stage that has not ended every pool, and its gate's. */
function evaluationsToCome(configuration: RunConfiguration, pools: readonly string[], history: RunHistory): number {
  const begun = runStages(history);
  const likely = outlineOf(configuration).slice(withoutWarmStart(begun).length);
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
