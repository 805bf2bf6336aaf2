import { proxyActivities } from "@temporalio/workflow";
import type { BenchmarkActivities, BenchmarkEngineActivities } from "../activities/benchmarks.ts";
import type { BudgetActivities } from "../activities/budget.ts";
import type { CorpusActivities } from "../activities/corpus.ts";
import type { DatasetActivities } from "../activities/datasets.ts";
import type { AcquireActivities } from "../activities/acquireEngine.ts";
import type { EngineWaitActivities } from "../activities/explainEngineWait.ts";
import type { EvaluationActivities } from "../activities/evaluation.ts";
import type { GateActivities } from "../activities/gates.ts";
import type { NightlyActivities, NightlyEngineActivities } from "../activities/nightly.ts";
import type { RetrievalActivities } from "../activities/retrievalEvaluation.ts";
import type { ReportActivities } from "../activities/reports.ts";
import type { ReviewActivities } from "../activities/reviews.ts";
import type { RewardActivities } from "../activities/rewards.ts";
import type { RolloutActivities } from "../activities/rollouts.ts";
import type { RunActivities } from "../activities/runs.ts";
import type { ShardActivities } from "../activities/shards.ts";
import type { StudyActivities } from "../activities/studies.ts";
import type { RecoveryActivities, UpdateActivities } from "../activities/updates.ts";
import { acquireActivity, cpuActivity, engineActivity, indexActivity, shardActivity } from "../temporal.config.ts";

export type CpuActivities = RunActivities &
  CorpusActivities &
  RetrievalActivities &
  RewardActivities &
  RecoveryActivities &
  GateActivities &
  ReportActivities &
  NightlyActivities &
  DatasetActivities &
  BudgetActivities &
  BenchmarkActivities &
  EngineWaitActivities &
  StudyActivities &
  ReviewActivities;

/** Everything that needs no engine. */
export const cpu = proxyActivities<CpuActivities>(cpuActivity);

/** The parts of indexing a corpus that may take hours. */
export const indexing = proxyActivities<CorpusActivities>(indexActivity);

/** Finding and giving back a gpu process. */
export const shared = proxyActivities<AcquireActivities>(acquireActivity);

/** What any gpu process takes. */
export const anyEngine = proxyActivities<ShardActivities>(shardActivity);

export type EngineActivities = RolloutActivities &
  UpdateActivities &
  EvaluationActivities &
  NightlyEngineActivities &
  BenchmarkEngineActivities;

/** Activities of one gpu process, by the queue that it alone serves. */
export function engineActivities(queue: string): ReturnType<typeof proxyActivities<EngineActivities>> {
  return proxyActivities<EngineActivities>({ ...engineActivity, taskQueue: queue });
}
