import { breakdownTags } from "../evaluation/protocols/summary.ts";
import type { Dataset } from "../domain/dataset.ts";
import type { Question } from "../domain/question.ts";
import type { EvaluationRecord, QuestionResult } from "../trajectories/records.ts";
import type { CheckpointAnswers, PoolAnswers, PoolClusters } from "./studyResult.ts";

/** A run's evaluations by pool and checkpoint. */
export interface Answers {
  readonly pools: PoolClusters[];
  readonly checkpoints: CheckpointAnswers[];
}

/** `evaluations` by step; `nameOf` tells what the policy at a step is called. */
export function answersOf(
  evaluations: readonly EvaluationRecord[],
  dataset: Pick<Dataset, "validation" | "evaluation">,
  nameOf: (step: number) => string,
): Answers {
  const groups = groupsOf([...dataset.validation, ...dataset.evaluation.flatMap(({ questions }) => questions)]);
  const names = [...new Set(evaluations.map(({ pool }) => pool))];
  const pools = names.map((pool) => clustersOf(pool, evaluations, groups));
  const steps = [...new Set(evaluations.map(({ step }) => step))].toSorted((a, b) => a - b);
  const checkpoints = steps.map((step) => ({
    update: step,
    checkpoint: nameOf(step),
    pools: evaluations
      .filter((record) => record.step === step)
      .map((record) => tally(record, pools.find(({ pool }) => pool === record.pool)?.clusters ?? [])),
  }));
  return { pools, checkpoints };
}

/** The first breakdown that a question has a tag of: its specialty, machine, subject. */
function groupsOf(questions: readonly Question[]): ReadonlyMap<string, string | null> {
  const [first] = questions;
  const own = Object.keys(first?.tags ?? {}).filter((tag) => tag !== "pool");
  const tag = breakdownTags.find((name) => own.includes(name)) ?? own[0];
  return new Map(questions.map(({ cluster, tags }) => [cluster, tag === undefined ? null : (tags[tag] ?? null)]));
}

function clustersOf(
  pool: string,
  evaluations: readonly EvaluationRecord[],
  groups: ReadonlyMap<string, string | null>,
): PoolClusters {
  const results = evaluations.filter((record) => record.pool === pool).flatMap((record) => record.results);
  const clusters = [...new Set(results.map(({ cluster }) => cluster))];
  return { pool, clusters: clusters.map((name) => ({ name, group: groups.get(name) ?? null })) };
}

function tally({ pool, results, metrics }: EvaluationRecord, clusters: PoolClusters["clusters"]): PoolAnswers {
  const graded = results.filter(({ correct }) => correct !== null);
  const right = graded.filter(({ correct }) => correct === true);
  const byCluster = (some: readonly QuestionResult[]): number[] => {
    const counts = new Map<string, number>();
    for (const { cluster } of some) counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
    return clusters.map(({ name }) => counts.get(name) ?? 0);
  };
  return {
    pool,
    right: right.length,
    total: graded.length,
    ungraded: results.length - graded.length,
    byCluster: { right: byCluster(right), total: byCluster(graded) },
    metrics,
  };
}
