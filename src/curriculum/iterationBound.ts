import type { RunConfiguration } from "../configuration/configuration.ts";
import { iterationsOf } from "../configuration/stages.ts";
import type { TrainedStage } from "../schedules/schedule.ts";
import type { Work } from "../schedules/work.ts";

/** Times the configured iterations that a schedule may train which does not say that it ends by itself. */
const mostTimes = 3;

/**
 * What is wrong with work of a schedule that trains far more than the run was configured for, as one that never ends does; null
 * where nothing is.
 */
export function beyondBound(
  work: Work,
  trained: readonly TrainedStage[],
  configuration: Pick<RunConfiguration, "stages" | "gate">,
): string | null {
  if (work.kind !== "train" && work.kind !== "extend") return null;
  const done = iterationsOf(trained);
  const more = work.kind === "train" ? work.stage.iterations : work.iterations;
  const configured = withExtensions(configuration);
  if (done + more <= mostTimes * configured) return null;
  return (
    `${done} iterations are trained, and ${more} more are together more than ${mostTimes} times the ${configured} that the stages were configured ` +
    "to have with all extensions of their gates. Mend the schedule; one that is meant to train so long says endsByItself: true (docs/schedules.md)"
  );
}

/** A person may extend a stage whose gate itself would not. */
function withExtensions({ stages, gate }: Pick<RunConfiguration, "stages" | "gate">): number {
  return stages.reduce((sum, { iterations, gate: own }) => {
    if (own === null || iterations === 0) return sum + iterations;
    const times = Math.max(1, own.maximumExtensions ?? gate.maximumExtensions);
    return sum + iterations + times * (own.extensionIterations ?? gate.extensionIterations);
  }, 0);
}
