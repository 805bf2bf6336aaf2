import type { RewardWeights } from "../configuration/rewardWeights.ts";
import { createRest } from "../eventLoop/rest.ts";
import type { Score } from "../domain/reward.ts";
import { prepareSubjects } from "./prepare.ts";
import type { WeightedReward } from "./custom.ts";
import type { MeasuredTrajectory, ScoringSources } from "./prepare.ts";
import { scoreGroup } from "./score.ts";

/** Scores trajectories, those of one question together; scores come in the order of the trajectories. */
export async function scoreBatch(
  measured: readonly MeasuredTrajectory[],
  sources: ScoringSources,
  weights: RewardWeights,
  own: readonly WeightedReward[] = [],
): Promise<Score[]> {
  const subjects = await prepareSubjects(measured, sources);
  const groups = new Map<string, number[]>();
  for (const [index, { question }] of subjects.entries())
    groups.set(question.id, [...(groups.get(question.id) ?? []), index]);
  const scores = new Map<number, Score>();
  const rest = createRest();
  for (const indices of groups.values()) {
    const scored = scoreGroup(
      indices.flatMap((index) => subjects[index] ?? []),
      weights,
      own,
    );
    for (const [position, score] of scored.entries()) scores.set(indices[position] ?? 0, score);
    await rest();
  }
  return subjects.flatMap((_, index) => scores.get(index) ?? []);
}
