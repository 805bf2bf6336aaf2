import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { configuredPools, validationPool } from "../../../src/curriculum/questions.ts";
import { readConfiguration } from "../../../src/curriculum/runFolder.ts";
import { openDataset } from "../../../src/benchmarks/open.ts";
import { openRunLog, type RunLog } from "../../../src/trajectories/log.ts";

/** Everything that counts in a run, by the name of its table, ordered by key, without times, attempts and batch ids. */
export type CommittedView = Readonly<Record<string, unknown>>;

/** Reads a run's committed view and the checksums of its checkpoints' files. */
export async function committedView(runFolder: string): Promise<CommittedView> {
  const configuration = await readConfiguration(runFolder);
  const pools = [validationPool, ...configuredPools(await openDataset(configuration.data), configuration)];
  const log = await openRunLog(runFolder);
  try {
    const history = await log.history();
    const branch = history.currentBranch;
    const steps = history.stepsDone(branch);
    return {
      configuration,
      branches: history.branches,
      ...(await stepsView(log, branch, steps)),
      metrics: (await log.readIterations(branch)).map(({ metrics, ...address }) => ({ ...address, metrics: withoutTimes(metrics) })),
      evaluations: await evaluationsView(log, branch, steps, pools),
      gates: history.gates(branch),
      checkpoints: await checkpointsView(runFolder, history.checkpoints({ branch, step: steps })),
    };
  } finally {
    log.close();
  }
}

/** Where two runs differ, as paths; empty when they came to the same. */
export function differences(one: unknown, other: unknown, path = ""): string[] {
  if (typeof one !== "object" || one === null || typeof other !== "object" || other === null) return Object.is(one, other) ? [] : [`${path}: ${JSON.stringify(one)} or ${JSON.stringify(other)}`];
  const left = new Map(Object.entries(one));
  const right = new Map(Object.entries(other));
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) => differences(left.get(key), right.get(key), `${path}/${key}`));
}

async function stepsView(log: RunLog, branch: string, steps: number): Promise<CommittedView> {
  const history = await log.history();
  const plans: unknown[] = [];
  const trajectories: unknown[] = [];
  const outcomes: unknown[] = [];
  for (let step = 0; step < steps; step++) {
    const plan = await log.readPlan({ branch, step });
    if (plan === null) throw new Error(`step ${step} was taken without a plan`);
    const { batches, scores: _scores, ...rest } = plan;
    plans.push({ ...rest, batches: batches.map(({ count, hash }) => ({ count, hash })) });
    for (const batch of batches) trajectories.push(...(await log.readBatch(batch)));
    outcomes.push(history.outcome({ branch, step })?.stateHash);
  }
  return { plans, trajectories, outcomes };
}

async function evaluationsView(log: RunLog, branch: string, steps: number, pools: readonly string[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let step = 0; step <= steps; step++) {
    for (const pool of pools) {
      const evaluation = await log.findEvaluation({ branch, step }, pool);
      if (evaluation !== null) found.push(evaluation);
    }
  }
  return found;
}

async function checkpointsView(runFolder: string, checkpoints: readonly { readonly folder: string; readonly stateHash: string; readonly step: number }[]): Promise<unknown[]> {
  const views = new Map<number, unknown>();
  for (const { folder, stateHash, step } of checkpoints) views.set(step, { step, stateHash, files: await checksums(join(runFolder, folder)) });
  return [...views].toSorted(([a], [b]) => a - b).map(([, view]) => view);
}

/** Of each file; nothing for a snapshot that retention removed. */
async function checksums(folder: string): Promise<Readonly<Record<string, string>>> {
  const files = (await readdir(folder).catch(() => [])).toSorted();
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, createHash("sha256").update(await readFile(join(folder, file))).digest("hex")] as const)));
}

function withoutTimes(metrics: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(metrics).filter(([name]) => !name.startsWith("seconds/")));
}
