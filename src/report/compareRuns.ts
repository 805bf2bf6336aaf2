import type { RunConfiguration } from "../configuration/configuration.ts";
import { pairedBootstrap, type ClusteredValue, type Interval } from "../curriculum/statistics.ts";
import type { RunLog } from "../trajectories/log.ts";
import type { EvaluationRecord } from "../trajectories/records.ts";
import { reportedStages, stageEnd } from "./stageEnds.ts";

/** A run as far as it is compared. */
export interface ComparedRun {
  readonly configuration: RunConfiguration;
  readonly log: RunLog;
}

export interface SettingDifference {
  /** Dotted, as on the command line. */
  readonly name: string;
  readonly values: readonly [string, string];
}

export interface PoolComparison {
  readonly pool: string;
  /** The checkpoint of both that is compared: 0 for the base, else the stage that it ended. */
  readonly stage: number;
  readonly accuracies: readonly [number, number];
  /** Second minus first, over the questions that both runs were asked; bootstrap over clusters. */
  readonly difference: Interval;
  readonly questions: number;
  /** Groups of dependent questions; the bootstrap draws these. */
  readonly clusters: number;
  readonly confidence: number;
  readonly verdict: Verdict;
}

/** What a comparison shows: a winner, nothing yet, or too few clusters to trust an interval. */
export type Verdict =
  | { readonly kind: "first" | "second" | "equal" }
  /** About so many questions would tell a difference of this size. */
  | { readonly kind: "open"; readonly questionsNeeded: number }
  | { readonly kind: "too-few"; readonly clustersNeeded: number };

export interface RunComparison {
  readonly settings: readonly SettingDifference[];
  /** The newest stage that each run has an evaluation of; null when it has none. */
  readonly newest: readonly [number | null, number | null];
  readonly pools: readonly PoolComparison[];
}

/** Percentile bootstrap intervals are too narrow over fewer clusters than this. */
const fewestClusters = 30;

/** Settings that differ and, pool by pool, a paired test at the newest stage that both runs were evaluated after. */
export async function compareRuns(first: ComparedRun, second: ComparedRun): Promise<RunComparison> {
  const [before, after] = await Promise.all([evaluationsByStage(first.log), evaluationsByStage(second.log)]);
  const { confidence } = first.configuration.evaluation;
  const pools = new Set([...before.values(), ...after.values()].flatMap((byPool) => [...byPool.keys()]));
  return {
    settings: differingSettings(first.configuration, second.configuration),
    newest: [newestStage(before), newestStage(after)],
    pools: (await Promise.all([...pools].map((pool) => comparePool(pool, before, after, confidence)))).flat(),
  };
}

type EvaluationsByStage = ReadonlyMap<number, ReadonlyMap<string, EvaluationRecord>>;

/** Evaluations of the policies that ended a stage, by stage and pool. */
async function evaluationsByStage(log: RunLog): Promise<EvaluationsByStage> {
  const branch = (await log.history()).currentBranch;
  const [evaluations, iterations] = [await log.readEvaluations(branch), await log.readIterations(branch)];
  const entries = reportedStages.map((stage) => {
    const step = stageEnd(iterations, stage);
    return [stage, new Map(evaluations.filter((one) => one.step === step).map((one) => [one.pool, one]))] as const;
  });
  return new Map(entries.filter(([, byPool]) => byPool.size > 0));
}

function newestStage(byStage: EvaluationsByStage): number | null {
  return byStage.size === 0 ? null : Math.max(...byStage.keys());
}

/** Only questions that both runs were asked, and that could be graded in both, count; their samples are meaned. */
async function comparePool(
  pool: string,
  first: EvaluationsByStage,
  second: EvaluationsByStage,
  confidence: number,
): Promise<PoolComparison[]> {
  const stage = reportedStages.findLast(
    (one) => first.get(one)?.has(pool) === true && second.get(one)?.has(pool) === true,
  );
  const [ours, theirs] = stage === undefined ? [] : [first.get(stage)?.get(pool), second.get(stage)?.get(pool)];
  if (stage === undefined || ours === undefined || theirs === undefined) return [];
  const [before, after] = [accuracyByQuestion(ours), accuracyByQuestion(theirs)];
  const shared = [...before.keys()].filter((id) => after.has(id)).toSorted();
  if (shared.length === 0) return [];
  const valuesOf = (accuracies: ReturnType<typeof accuracyByQuestion>): ClusteredValue[] =>
    shared.flatMap((id) => accuracies.get(id) ?? []);
  const [left, right] = [valuesOf(before), valuesOf(after)];
  const mean = (values: readonly ClusteredValue[]): number =>
    values.reduce((sum, { value }) => sum + value, 0) / values.length;
  const difference = await pairedBootstrap(left, right, { confidence });
  const clusters = new Set(left.map(({ cluster }) => cluster)).size;
  return [
    {
      pool,
      stage,
      accuracies: [mean(left), mean(right)],
      difference,
      questions: shared.length,
      clusters,
      confidence,
      verdict: verdictOf(difference, shared.length, clusters),
    },
  ];
}

/** A winner only over enough clusters and where the whole interval lies on one side of zero. */
export function verdictOf({ mean, low, high }: Interval, questions: number, clusters: number): Verdict {
  if (clusters < fewestClusters) return { kind: "too-few", clustersNeeded: fewestClusters };
  if (low > 0) return { kind: "second" };
  if (high < 0) return { kind: "first" };
  if (mean === 0) return { kind: "equal" };
  // An interval's half width falls with the root of the number of questions.
  return { kind: "open", questionsNeeded: Math.ceil(questions * ((high - low) / 2 / mean) ** 2) };
}

function accuracyByQuestion({ results }: EvaluationRecord): Map<string, ClusteredValue> {
  const samples = new Map<string, { cluster: string; correct: boolean[] }>();
  for (const { questionId, cluster, correct } of results) {
    // Neither right nor wrong: a judge failed on it.
    if (correct === null) continue;
    const known = samples.get(questionId);
    if (known === undefined) samples.set(questionId, { cluster, correct: [correct] });
    else known.correct.push(correct);
  }
  return new Map(
    [...samples].map(([id, { cluster, correct }]) => [
      id,
      { cluster, value: correct.filter(Boolean).length / correct.length },
    ]),
  );
}

/** Every setting but the run's name that the two do not share. */
export function differingSettings(first: RunConfiguration, second: RunConfiguration): SettingDifference[] {
  const [a, b] = [flatten(first), flatten(second)];
  const names = [...new Set([...a.keys(), ...b.keys()])].filter(
    (name) => name !== "run" && a.get(name) !== b.get(name),
  );
  return names.map((name) => ({ name, values: [a.get(name) ?? "absent", b.get(name) ?? "absent"] }));
}

function flatten(value: unknown, name = ""): Map<string, string> {
  if (typeof value !== "object" || value === null) return new Map([[name, JSON.stringify(value)]]);
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [...flatten(inner, name === "" ? key : `${name}.${key}`)]),
  );
}
