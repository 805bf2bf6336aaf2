import type { RunConfiguration } from "../configuration/configuration.ts";
import type { Stage } from "../configuration/stages.ts";
import { schedules } from "../schedules/scheduleRegistry.ts";
import type { ArmBudget } from "./studyResult.ts";

/** The stages that a run is going to train, as its schedule arranges them. */
export function plannedStages({ schedule, stages }: Pick<RunConfiguration, "schedule" | "stages">): readonly Stage[] {
  return schedules.create(schedule).outline(stages);
}

/** What a run's training takes, by its configuration. */
export function budgetOf(
  configuration: Pick<RunConfiguration, "schedule" | "stages" | "rollout" | "optimizer">,
): ArmBudget {
  const { rollout, optimizer } = configuration;
  const updates = plannedStages(configuration).reduce((sum, { iterations }) => sum + iterations, 0);
  const questions = updates * rollout.questions;
  return {
    updates,
    optimizerSteps: updates * optimizer.minibatches,
    questions,
    samples: questions * rollout.samples,
  };
}

/** "180 updates (360 steps of the optimiser), 2160 questions, 17280 samples". */
export function describeBudget({ updates, optimizerSteps, questions, samples }: ArmBudget): string {
  return `${updates} updates (${optimizerSteps} steps of the optimiser), ${questions} questions, ${samples} samples`;
}
