import type { RunConfiguration } from "../configuration/configuration.ts";
import { pairedBootstrap, type ClusteredValue, type Interval } from "../evaluation/statistics.ts";
import type { RunLog } from "../trajectories/log.ts";
import type { EvaluationRecord } from "../trajectories/records.ts";
import { stageEnds } from "./stageEnds.ts";

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
  /** The checkpoints that are compared: "base", "after reasoner", … */
  readonly checkpoints: readonly [string, string];
  readonly accuracies: readonly [number, number];
  /** Second minus first, over the questions that both runs were asked; bootstrap over clusters. */
  readonly difference: Interval;
  readonly questions: number;
  /** Groups of dependent questions; the bootstrap draws these. */
  readonly clusters: number;
  readonly confidence: number;
  /** Samples of each run that nothing could grade; they are in no figure. */
  readonly unscored: readonly [number, number];
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
  /** Newest evaluated checkpoint of each run; null when it has none. */
  readonly newest: readonly [string | null, string | null];
  /** Which checkpoints are compared: the ends of two finished runs, else the newest that both have by the number of their stage. */
  readonly at: "ends" | "same-stage";
  readonly pools: readonly PoolComparison[];
}

/** Percentile bootstrap intervals are too narrow over fewer clusters than this. */
const fewestClusters = 30;

/** Settings that differ and, pool by pool, a paired test: at the end of both runs where both are finished, however many stages each had; else at the newest stage that both were evaluated after. */
export async function compareRuns(first: ComparedRun, second: ComparedRun): Promise<RunComparison> {
  const [before, after] = await Promise.all([evaluatedStages(first.log), evaluatedStages(second.log)]);
  const { confidence } = first.configuration.evaluation;
  const pools = new Set([...before.stages, ...after.stages].flatMap(({ byPool }) => [...byPool.keys()]));
  const at = before.finished && after.finished ? "ends" : "same-stage";
  return {
    settings: differingSettings(first.configuration, second.configuration),
    newest: [before.stages.at(-1)?.checkpoint ?? null, after.stages.at(-1)?.checkpoint ?? null],
    at,
    pools: (
      await Promise.all([...pools].map((pool) => comparePool(pool, pairOf(pool, at, before, after), confidence)))
    ).flat(),
  };
}

/** A checkpoint with its evaluations by pool. */
interface EvaluatedStage {
  readonly number: number;
  readonly checkpoint: string;
  readonly byPool: ReadonlyMap<string, EvaluationRecord>;
}

interface EvaluatedRun {
  /** Oldest first. */
  readonly stages: readonly EvaluatedStage[];
  /** Its schedule has nothing more to do. */
  readonly finished: boolean;
}

async function evaluatedStages(log: RunLog): Promise<EvaluatedRun> {
  const history = await log.history();
  const branch = history.currentBranch;
  const evaluations = await log.readEvaluations(branch);
  const stages = stageEnds(history).map(({ number, checkpoint, step }) => ({
    number,
    checkpoint,
    byPool: new Map(evaluations.filter((one) => one.step === step).map((one) => [one.pool, one])),
  }));
  return {
    stages: stages.filter(({ byPool }) => byPool.size > 0),
    finished: history
      .decisions(branch)
      .some(({ work, step }) => work.kind === "finish" && step === history.stepsDone(branch)),
  };
}

type StagePair = readonly [EvaluatedStage, EvaluatedStage];

/** The two checkpoints that a pool is compared at; null where there are none. */
function pairOf(pool: string, at: RunComparison["at"], first: EvaluatedRun, second: EvaluatedRun): StagePair | null {
  const [ours, theirs] = [first.stages, second.stages];
  const has = (stage: EvaluatedStage | undefined): stage is EvaluatedStage => stage?.byPool.has(pool) === true;
  const [last, other] = [ours.at(-1), theirs.at(-1)];
  if (at === "ends" && has(last) && has(other)) return [last, other];
  const pairs = ours.filter(has).flatMap((one): StagePair[] => {
    const match = theirs.filter(has).find(({ number }) => number === one.number);
    return match === undefined ? [] : [[one, match]];
  });
  return pairs.at(-1) ?? null;
}

/** Only questions that both runs were asked, and that could be graded in both, count; their samples are meaned. */
async function comparePool(pool: string, pair: StagePair | null, confidence: number): Promise<PoolComparison[]> {
  const [ours, theirs] = pair === null ? [] : pair.map(({ byPool }) => byPool.get(pool));
  if (pair === null || ours === undefined || theirs === undefined) return [];
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
      checkpoints: [pair[0].checkpoint, pair[1].checkpoint],
      accuracies: [mean(left), mean(right)],
      difference,
      questions: shared.length,
      clusters,
      confidence,
      unscored: [unscoredOf(ours), unscoredOf(theirs)],
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

function unscoredOf({ results }: EvaluationRecord): number {
  return results.filter(({ correct }) => correct === null).length;
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
