import type { RunConfiguration } from "../configuration/configuration.ts";
import { pairedBootstrap, type Interval } from "../curriculum/statistics.ts";
import type { RunLog } from "../trajectories/log.ts";
import type { EvaluationRecord } from "../trajectories/records.ts";

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
  readonly accuracies: readonly [number, number];
  /** Second minus first, over the questions that both were asked; bootstrap over clusters. */
  readonly difference: Interval;
  readonly questions: number;
  readonly confidence: number;
}

/** Settings that differ and a paired test of the newest evaluations, pool by pool. */
export async function compareRuns(first: ComparedRun, second: ComparedRun): Promise<{ readonly settings: SettingDifference[]; readonly pools: PoolComparison[] }> {
  const [before, after] = await Promise.all([newestEvaluations(first.log), newestEvaluations(second.log)]);
  const { confidence } = first.configuration.evaluation;
  const pools = [...before].flatMap(([pool, evaluation]) => {
    const other = after.get(pool);
    return other === undefined ? [] : comparePool(pool, evaluation, other, confidence);
  });
  return { settings: differingSettings(first.configuration, second.configuration), pools };
}

async function newestEvaluations(log: RunLog): Promise<Map<string, EvaluationRecord>> {
  const evaluations = await log.readEvaluations((await log.history()).currentBranch);
  return new Map(evaluations.map((evaluation) => [evaluation.pool, evaluation]));
}

/** Only questions that both runs were asked count; their samples are meaned. */
function comparePool(pool: string, first: EvaluationRecord, second: EvaluationRecord, confidence: number): PoolComparison[] {
  const [before, after] = [accuracyByQuestion(first), accuracyByQuestion(second)];
  const shared = [...before.keys()].filter((id) => after.has(id)).toSorted();
  if (shared.length === 0) return [];
  const valuesOf = (accuracies: ReturnType<typeof accuracyByQuestion>): { cluster: string; value: number }[] => shared.flatMap((id) => accuracies.get(id) ?? []);
  const [ours, theirs] = [valuesOf(before), valuesOf(after)];
  const mean = (values: readonly { value: number }[]): number => values.reduce((sum, { value }) => sum + value, 0) / values.length;
  return [{ pool, accuracies: [mean(ours), mean(theirs)], difference: pairedBootstrap(ours, theirs, { confidence }), questions: shared.length, confidence }];
}

function accuracyByQuestion({ results }: EvaluationRecord): Map<string, { cluster: string; value: number }> {
  const samples = new Map<string, { cluster: string; correct: boolean[] }>();
  for (const { questionId, cluster, correct } of results) samples.set(questionId, { cluster, correct: [...(samples.get(questionId)?.correct ?? []), correct] });
  return new Map([...samples].map(([id, { cluster, correct }]) => [id, { cluster, value: correct.filter(Boolean).length / correct.length }]));
}

/** Every setting but the run's name that the two do not share. */
export function differingSettings(first: RunConfiguration, second: RunConfiguration): SettingDifference[] {
  const [a, b] = [flatten(first), flatten(second)];
  const names = [...new Set([...a.keys(), ...b.keys()])].filter((name) => name !== "run" && a.get(name) !== b.get(name));
  return names.map((name) => ({ name, values: [a.get(name) ?? "absent", b.get(name) ?? "absent"] }));
}

function flatten(value: unknown, name = ""): Map<string, string> {
  if (typeof value !== "object" || value === null) return new Map([[name, JSON.stringify(value)]]);
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...flatten(inner, name === "" ? key : `${name}.${key}`)]));
}
