import { basename } from "node:path";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { baselinePool } from "../evaluation/baselines.ts";
import { sampledPool } from "../evaluation/sampledPools.ts";
import { spentOfRun } from "../cost/spent.ts";
import { majorityBaseline } from "../benchmarks/majority.ts";
import { benchmarkPrefix } from "../evaluation/protocols/benchmarkPlan.ts";
import { readModelNote } from "../curriculum/modelNote.ts";
import { readConfiguration } from "../curriculum/runFolder.ts";
import { shareInterval } from "../evaluation/statistics.ts";
import type { Dataset, QuestionPool } from "../domain/dataset.ts";
import type { RunHistory } from "../trajectories/history.ts";
import type { Task } from "../tasks/taskDefinition.ts";
import { taskOf } from "../tasks/taskRegistry.ts";
import { type RunLog } from "../trajectories/log.ts";
import { openRunLog } from "../trajectories/lanceLog.ts";
import type { EvaluationRecord, WorkerVersions } from "../trajectories/records.ts";
import { auditExamples } from "./auditExamples.ts";
import { chooseExamples } from "./exampleTrajectories.ts";
import type { BaselineResult, BenchmarkResult, Evaluation, RunReport } from "./runReport.ts";
import { auditRewards } from "./rewardAudit.ts";
import { readRetrieval } from "./retrievalSection.ts";
import { warmStartNotes } from "./warmStartNotes.ts";
import { stageEnds, stageNamer, type StageEnd } from "./stageEnds.ts";

type Data = { readonly dataset: Dataset } & Pick<Task, "hasMajorityBaseline">;

/** Gathers what a report shows from a run's folder; a run that is still going gives what there is. Throws when there is no run. */
export async function loadRunReport(runFolder: string): Promise<RunReport> {
  const configuration = await readConfiguration(runFolder);
  const task = taskOf(configuration.data);
  const dataset = await task.load();
  const log = await openRunLog(runFolder);
  try {
    const history = await log.history();
    const branch = history.currentBranch;
    const nameOf = stageNamer(history);
    const iterations = (await log.readIterations(branch)).map((row) => ({ ...row, stageName: nameOf(row.stage) }));
    const audit = auditRewards(iterations);
    const ends = stageEnds(history);
    const last = iterations.at(-1);
    const outcome = last === undefined ? null : history.outcome({ branch, step: last.step });
    return {
      configuration,
      fingerprints: {
        folder: basename(runFolder),
        data: dataset.fingerprint,
        engine: outcome?.fingerprint ?? "not yet known",
        ...workersText(await log.readWorkers()),
      },
      evaluations: await loadEvaluations(
        log,
        branch,
        ends,
        { dataset, hasMajorityBaseline: task.hasMajorityBaseline },
        configuration.evaluation.confidence,
      ),
      baselines: await loadBaselines(log, configuration, { dataset, hasMajorityBaseline: false }, branch),
      benchmarks: await loadBenchmarks(log, history, ends),
      retrieval: await readRetrieval(runFolder),
      gates: history.gates(branch),
      decisions: history.decisions(branch),
      iterations,
      spent: await spentOfRun({ log, configuration }),
      budgets: await log.readBudgets(),
      dataNotes: dataset.notes ?? [],
      warmStartNotes: await warmStartNotes(log, runFolder),
      modelNote: await readModelNote(runFolder),
      events: eventsOf(history),
      examples: await chooseExamples(log, branch, iterations, dataset),
      audit: { ...audit, findings: await auditExamples(log, branch, iterations, audit.findings, dataset) },
    };
  } finally {
    log.close();
  }
}

/** What the run's workers ran on; each value once. */
function workersText(workers: readonly WorkerVersions[]): Record<string, string> {
  const texts = { package: "med-r3", commit: "commit", node: "Node.js", processor: "processor" };
  const text = (name: keyof WorkerVersions): string =>
    [...new Set(workers.map((one) => one[name] ?? "not known"))].join("; ") || "not known";
  return Object.fromEntries(Object.entries(texts).map(([name, title]) => [title, text(name as keyof WorkerVersions)]));
}

async function loadEvaluations(
  log: RunLog,
  branch: string,
  ends: readonly StageEnd[],
  data: Data,
  confidence: number,
): Promise<Evaluation[]> {
  const { evaluation: pools } = data.dataset;
  const sampled = pools.map((pool) => ({ ...pool, name: sampledPool(pool.name) }));
  const wanted = [...pools, ...sampled].flatMap((pool) => ends.map((end) => ({ pool, end })));
  const found = await Promise.all(
    wanted.map(async ({ pool, end }) => {
      const record = await log.findEvaluation({ branch, step: end.step }, pool.name);
      return record === null ? [] : [await summarize(record, end, pool, data, confidence)];
    }),
  );
  return found.flat();
}

/** They are kept with the base policy. */
async function loadBaselines(
  log: RunLog,
  { baselines, evaluation: { confidence } }: RunConfiguration,
  data: Data,
  branch: string,
): Promise<BaselineResult[]> {
  const end = { number: 0, checkpoint: "base", step: 0 };
  const results: BaselineResult[] = [];
  for (const baseline of baselines)
    for (const pool of data.dataset.evaluation) {
      const record = await log.findEvaluation({ branch, step: 0 }, baselinePool(baseline.name, pool.name));
      if (record !== null) results.push({ baseline, evaluation: await summarize(record, end, pool, data, confidence) });
    }
  return results;
}

async function loadBenchmarks(log: RunLog, history: RunHistory, ends: readonly StageEnd[]): Promise<BenchmarkResult[]> {
  const branch = history.currentBranch;
  const own = (await log.listEvaluations()).filter(
    ({ pool, step, branch: owner }) =>
      pool.startsWith(benchmarkPrefix) && history.policy({ branch, step }).branch === owner,
  );
  const results: BenchmarkResult[] = [];
  for (const { pool, step } of own.toSorted((a, b) => a.step - b.step)) {
    const record = await log.findEvaluation({ branch, step }, pool);
    if (record !== null)
      results.push({
        name: pool.slice(benchmarkPrefix.length),
        checkpoint: ends.findLast((end) => end.step === step)?.checkpoint ?? `step ${step}`,
        metrics: record.metrics,
      });
  }
  return results;
}

async function summarize(
  record: EvaluationRecord,
  { number: stage, checkpoint }: StageEnd,
  pool: QuestionPool,
  { dataset, hasMajorityBaseline }: Data,
  confidence: number,
): Promise<Evaluation> {
  const asked = new Set(record.results.map((result) => result.questionId));
  const baseline = hasMajorityBaseline
    ? majorityBaseline(
        dataset.training,
        pool.questions.filter(({ id }) => asked.has(id)),
      )
    : null;
  return {
    stage,
    checkpoint,
    pool: pool.name,
    ...(await accuracy(record, confidence)),
    questions: asked.size,
    metrics: { ...record.metrics, ...(baseline === null ? {} : { "baseline/majority": baseline.accuracy }) },
  };
}

/** Accuracy of the answers that could be graded, and how many could not. */
async function accuracy(
  { results }: EvaluationRecord,
  confidence: number,
): Promise<Pick<Evaluation, "accuracy" | "low" | "high" | "ungraded">> {
  const graded = results.filter(({ correct }) => correct !== null);
  const ungraded = results.length - graded.length;
  if (graded.length === 0) return { accuracy: null, low: null, high: null, ungraded };
  const { mean, low, high } = await shareInterval(
    graded.map(({ cluster, correct }) => ({ cluster, value: correct === true ? 1 : 0 })),
    confidence,
  );
  return { accuracy: mean, low, high, ungraded };
}

function eventsOf(history: RunHistory): string[] {
  return history.branches
    .filter((branch) => branch.parent !== null)
    .map((branch) => `Branch ${branch.name} was opened at step ${branch.forkStep} (${branch.cause}): ${branch.reason}`);
}
