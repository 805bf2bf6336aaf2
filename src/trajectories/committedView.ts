import type { Checkpoint } from "../domain/step.ts";
import { untimed } from "../domain/toolCall.ts";
import { canonicalJson } from "./canonical.ts";
import type { RunLog } from "./log.ts";
import type { RunHistory } from "./history.ts";

/** What counts in a log, table by table: rows as canonical JSON ordered by key, without times, attempts and random ids. */
export type CommittedView = Readonly<Record<string, readonly string[]>>;

/** Metrics of time differ between runs that are equal otherwise; "seconds/" in runs of the first version. */
const timePrefixes = ["timing_s/", "perf/", "seconds/"];

/**
 * The committed view of a log, on the current branch's ancestry. Two runs that did the same have equal views, whatever
 * was killed and retried meanwhile.
 */
export async function readCommittedView(log: RunLog): Promise<CommittedView> {
  const history = await log.history();
  const { currentBranch } = history;
  return {
    branches: sorted(history.branches),
    ...(await stepViews(log, history)),
    metrics: (await log.readIterations(currentBranch)).map(({ metrics, ...place }) =>
      canonicalJson({ ...place, metrics: withoutTimes(metrics) }),
    ),
    evaluations: await evaluationView(log),
    gates: history.gates(currentBranch).map(canonicalJson),
    schedule: history.decisions(currentBranch).map(canonicalJson),
    checkpoints: sorted(
      checkpointsAsTheyStand(history.checkpoints({ branch: currentBranch, step: Number.MAX_SAFE_INTEGER })),
    ),
    settings: history.settings({ branch: currentBranch, step: Number.MAX_SAFE_INTEGER }).map(canonicalJson),
  };
}

async function stepViews(log: RunLog, history: RunHistory): Promise<CommittedView> {
  const trajectories: string[] = [];
  const scores: string[] = [];
  const steps: string[] = [];
  for (let step = 0; step < history.stepsDone(history.currentBranch); step++) {
    const address = { branch: history.currentBranch, step };
    const taken = await log.readStep(address);
    if (taken === null) throw new Error(`step ${step} has an outcome but no plan`);
    const { plan } = taken;
    const outcome = history.outcome(address);
    steps.push(
      canonicalJson({
        ...plan,
        batches: plan.batches.map(withoutId),
        stateHash: outcome?.stateHash,
      }),
    );
    trajectories.push(...taken.trajectories.map((one) => canonicalJson({ ...one, calls: untimed(one.calls) })));
    scores.push(...taken.scores.map((score, position) => canonicalJson({ step, position, ...score })));
  }
  return { steps, trajectories, scores };
}

async function evaluationView(log: RunLog): Promise<string[]> {
  const records = [];
  for (const { pool, ...address } of await log.listEvaluations()) {
    const record = await log.findEvaluation(address, pool);
    records.push({ ...record, metrics: withoutTimes(record?.metrics ?? {}) });
  }
  return sorted(records);
}

/**
 * Merges the rows of each checkpoint. One that was kept later has two rows; one that was kept from the start has one,
 * as when a worker dies before the ordinary snapshot. Both count as kept.
 */
function checkpointsAsTheyStand(checkpoints: readonly Checkpoint[]): Checkpoint[] {
  const kept = new Set(checkpoints.filter(({ keep }) => keep).map(({ ref }) => ref));
  return checkpoints.map((checkpoint) => ({ ...checkpoint, keep: kept.has(checkpoint.ref) }));
}

function withoutTimes(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).filter(([name]) => !timePrefixes.some((prefix) => name.startsWith(prefix))),
  );
}

function withoutId({ count, hash }: { readonly count: number; readonly hash: string }): {
  readonly count: number;
  readonly hash: string;
} {
  return { count, hash };
}

/** Sorts rows and drops duplicates, which several attempts may have written. */
function sorted(rows: readonly unknown[]): string[] {
  return [...new Set(rows.map(canonicalJson))].toSorted();
}
