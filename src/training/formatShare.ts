import type { Score } from "../domain/reward.ts";
import type { StepPlan } from "../domain/step.ts";
import type { RunLog } from "../trajectories/log.ts";

/** Scores of a plan's trajectories, in its order. */
export async function readPlannedScores(log: RunLog, plan: StepPlan): Promise<Score[]> {
  return (await log.readScores(plan)).flatMap((batch) => batch.scores);
}

/** Share of trajectories that passed the format gate at the first iteration of a plan's stage. */
export async function initialFormatShare(log: RunLog, plan: StepPlan): Promise<number> {
  const first =
    plan.iteration === 0 ? plan : await log.readPlan({ branch: plan.branch, step: plan.step - plan.iteration });
  // The stage's iterations are neighbours, so the first one is as many steps back as iterations were done.
  const scores = await readPlannedScores(log, first ?? plan);
  return scores.filter((score) => score.values["format"] === 1).length / scores.length;
}
