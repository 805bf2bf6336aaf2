import type { RunConfiguration } from "../configuration/configuration.ts";
import { spentOfRun } from "../cost/spent.ts";
import { protocolProbePool } from "../curriculum/protocolProbe.ts";
import type { Dataset } from "../domain/dataset.ts";
import { isBaselinePool } from "../evaluation/baselines.ts";
import { benchmarkPrefix } from "../evaluation/protocols/benchmarkPlan.ts";
import { stageEnds } from "../report/stageEnds.ts";
import type { RunHistory } from "../trajectories/history.ts";
import type { RunLog } from "../trajectories/log.ts";
import { answersOf } from "./checkpointAnswers.ts";
import type { CellOutcome } from "./studyResult.ts";
import { trainingCurve } from "./trainingCurve.ts";
import { versionsOf } from "./cellVersions.ts";

/** A run with its log. */
export interface LoggedRun {
  readonly log: RunLog;
  readonly configuration: RunConfiguration;
  readonly dataset: Dataset;
}

/** What a run came to, by its log alone: the branch that counts, with what happened on its way. */
export async function cellOutcome({ log, configuration, dataset }: LoggedRun): Promise<CellOutcome> {
  const history = await log.history();
  const branch = history.currentBranch;
  const updates = history.stepsDone(branch);
  const ends = stageEnds(history);
  const evaluations = (await log.readEvaluations(branch)).filter(({ pool }) => isOwn(pool));
  const last = updates === 0 ? null : history.outcome({ branch, step: updates - 1 });
  return {
    ...answersOf(
      evaluations,
      dataset,
      (step) => ends.findLast((end) => end.step === step)?.checkpoint ?? `step ${step}`,
    ),
    curve: trainingCurve(history, await log.readIterations(branch)),
    updates,
    samples: await samplesOf(log, branch, updates),
    events: eventsOf(history, updates),
    spent: await spentOfRun({ log, configuration }),
    versions: { ...versionsOf(await log.readWorkers()), engine: last?.fingerprint ?? null, data: dataset.fingerprint },
  };
}

/** Not what other models answered, public benchmarks, or the probe before a warm start. */
function isOwn(pool: string): boolean {
  return !isBaselinePool(pool) && !pool.startsWith(benchmarkPrefix) && pool !== protocolProbePool;
}

async function samplesOf(log: RunLog, branch: string, updates: number): Promise<number> {
  let samples = 0;
  for (let step = 0; step < updates; step++) {
    const plan = await log.readPlan({ branch, step });
    samples += (plan?.batches ?? []).reduce((sum, { count }) => sum + count, 0);
  }
  return samples;
}

/** What makes a run another than its configuration says: recoveries, and what persons did. */
function eventsOf(history: RunHistory, updates: number): string[] {
  const branch = history.currentBranch;
  return [
    ...history.branches
      .filter(({ parent }) => parent !== null)
      .map(
        ({ name, forkStep, cause, reason }) => `branch ${name} was opened at step ${forkStep} (${cause}): ${reason}`,
      ),
    ...history
      .settings({ branch, step: updates })
      .map(({ name, step, reason }) => `${name} changed settings from step ${step} on: ${reason}`),
    ...history
      .gates(branch)
      .flatMap(({ name, decision, person }) =>
        person === null ? [] : [`${person.name} decided the gate of stage ${name} (${decision}): ${person.reason}`],
      ),
  ];
}
