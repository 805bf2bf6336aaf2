import type { RunConfiguration } from "../configuration/configuration.ts";
import { iterationsOf } from "../configuration/stages.ts";
import { outlineOf } from "../schedules/outlineOf.ts";
import type { ArmBudget } from "./studyResult.ts";

/** What a run's training takes, by its configuration. */
export function budgetOf(
  configuration: Pick<RunConfiguration, "schedule" | "stages" | "rollout" | "optimizer">,
): ArmBudget {
  const { rollout, optimizer } = configuration;
  const updates = iterationsOf(outlineOf(configuration));
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
