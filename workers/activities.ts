import { join } from "node:path";
import { claimHasEnded } from "../activities/claims.ts";
import { createBenchmarkActivities, createBenchmarkEngineActivities } from "../activities/benchmarks.ts";
import { createCorpusActivities } from "../activities/corpus.ts";
import { createDatasetActivities } from "../activities/datasets.ts";
import { createEngineWaitActivities } from "../activities/explainEngineWait.ts";
import { createAcquireActivities, type AcquireActivities } from "../activities/acquireEngine.ts";
import { createEngineLease, type EngineHolder } from "../activities/engineLease.ts";
import { createEvaluationActivities } from "../activities/evaluation.ts";
import { createBudgetActivities } from "../activities/budget.ts";
import { createGateActivities } from "../activities/gates.ts";
import { createNightlyActivities, createNightlyEngineActivities } from "../activities/nightly.ts";
import { createRetrievalActivities } from "../activities/retrievalEvaluation.ts";
import { createReportActivities } from "../activities/reports.ts";
import { createResidentEngine } from "../activities/residentEngine.ts";
import { createRewardActivities } from "../activities/rewards.ts";
import { createRolloutActivities } from "../activities/rollouts.ts";
import { createRunActivities } from "../activities/runs.ts";
import { createReviewActivities } from "../activities/reviews.ts";
import { createShardActivities, type ShardActivities } from "../activities/shards.ts";
import { createStudyActivities } from "../activities/studies.ts";
import { createRecoveryActivities, createUpdateActivities } from "../activities/updates.ts";
import type { Workspace } from "../activities/workspace.ts";
import { featureHashing } from "../src/rewards/featureHashing.ts";
import type { CpuActivities, EngineActivities } from "../workflows/proxies.ts";

/** Milliseconds after which a run that does nothing on an engine loses it to another run. */
const idleLease = 10_000;

/** Everything on the cpu queue. */
export function createCpuActivities(workspace: Workspace): CpuActivities {
  return {
    ...createRunActivities(workspace),
    ...createCorpusActivities(workspace),
    ...createRetrievalActivities(workspace),
    ...createRewardActivities(workspace),
    ...createRecoveryActivities(workspace),
    ...createGateActivities(workspace),
    ...createBudgetActivities(workspace),
    ...createReportActivities(workspace),
    ...createDatasetActivities({ workspace, embedder: featureHashing }),
    ...createNightlyActivities(workspace),
    ...createBenchmarkActivities(workspace),
    ...createEngineWaitActivities(),
    ...createStudyActivities(workspace),
    ...createReviewActivities(workspace),
  };
}

/** A gpu process to others: its name, and the queue of its own. */
export interface GpuProcess {
  readonly name: string;
  readonly queue: string;
}

export interface GpuActivities {
  /** On the shared queue. */
  readonly shared: AcquireActivities;
  /** On the queue of rollouts. */
  readonly shards: ShardActivities;
  /** On the queue of its own. */
  readonly own: EngineActivities;
  /** Whose next job comes on the queue of its own. */
  readonly holder: () => EngineHolder | null;
  readonly close: () => Promise<void>;
}

/** Activities of one gpu process. When it drains, no run gets it any more. */
export function createGpuActivities(
  workspace: Workspace,
  { name, queue }: GpuProcess,
  draining: AbortSignal,
): GpuActivities {
  const lease = createEngineLease(idleLease);
  const engine = createResidentEngine(workspace.root, lease);
  return {
    shared: createAcquireActivities({
      lease,
      queue,
      draining,
      hasEnded: (run, workflowId) => claimHasEnded(join(workspace.root, run), workflowId),
    }),
    shards: createShardActivities({ workspace, engine, worker: name }),
    own: {
      ...createRolloutActivities({ workspace, engine }),
      ...createUpdateActivities({ workspace, engine }),
      ...createEvaluationActivities({ workspace, engine }),
      ...createNightlyEngineActivities({ workspace, engine }),
      ...createBenchmarkEngineActivities({ workspace, engine }),
    },
    holder: () => lease.holder(),
    close: () => engine.close(),
  };
}
