import type { IterationMetrics, RunReport } from "./runReport.ts";

/** A sign that most of a run's updates changed nothing, in words: with equal rewards for want of spread, else for want of advantages. */
export function emptyUpdates({ iterations, configuration }: RunReport): string[] {
  const empty = iterations.filter(learntFromNothing);
  if (2 * empty.length <= iterations.length) return [];
  const differing = empty.filter(({ metrics }) => (metrics["groups/zero_variance"] ?? 1) < 1).length;
  const why =
    differing === 0
      ? "the responses to each question earned the same."
      : `in ${differing} of them responses to one question earned differently, and the algorithm ${configuration.algorithm.name} gave none of them an advantage.`;
  return [`${empty.length} of ${iterations.length} updates learnt from no trajectory: ${why}`];
}

function learntFromNothing({ metrics }: IterationMetrics): boolean {
  return metrics["tokens/trained"] === 0;
}
