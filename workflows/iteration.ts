import type { StagePosition } from "../activities/runs.ts";
import type { UpdateResult } from "../activities/updates.ts";
import { failureTypes } from "../temporal.config.ts";
import type { EngineSession } from "./engineSession.ts";
import { isFailureOfType } from "./faults.ts";
import { cpu } from "./proxies.ts";
import type { StageReporter } from "./stageReporter.ts";

/**
 * One iteration: rollout (gpu) → score and plan (cpu) → update (gpu). Every part first looks in the log for what an
 * earlier attempt finished, so doing an iteration again adds nothing. Returns where the stage goes on.
 */
export async function iterate(position: StagePosition, engine: EngineSession, reporter: StageReporter): Promise<StagePosition> {
  const name = `stage ${position.stage}, iteration ${position.iteration + 1} of ${position.iterations}`;
  const { batches } = await engine.run((activities) => activities.rollOut.executeWithOptions({ summary: `${name}: roll out` }, [position]));
  const scored = await cpu.scoreAndPlan.executeWithOptions({ summary: `${name}: score and plan` }, [{ ...position, batches }]);
  // A plan recorded earlier that differs opened a branch: the iteration is done on that one.
  const planned = { ...position, branch: scored.branch };
  const update = await updateInMemory(planned, name, engine);
  if (update.kind === "refused") {
    return cpu.recover.executeWithOptions({ summary: `${name}: ${update.guard}` }, [{ ...planned, guard: update.guard, message: update.message }]);
  }
  const next = { ...planned, step: position.step + 1, iteration: position.iteration + 1 };
  reporter.iterationDone(next, scored, update.snapshot);
  return next;
}

/** Applies the step's plan; one that does not fit into memory is replaced by one of smaller micro-batches. */
async function updateInMemory(planned: StagePosition, name: string, engine: EngineSession): Promise<UpdateResult> {
  for (;;) {
    try {
      return await engine.run((activities) => activities.update.executeWithOptions({ summary: `${name}: update` }, [planned]));
    } catch (error) {
      if (!isFailureOfType(error, failureTypes.outOfMemory)) throw error;
      const { run, branch, step } = planned;
      await cpu.shrinkPlan.executeWithOptions({ summary: `${name}: smaller micro-batches` }, [{ run, branch, step }]);
    }
  }
}
