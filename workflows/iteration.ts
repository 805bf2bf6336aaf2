import type { OfRun, StagePosition } from "../src/domain/address.ts";
import type { ScoreSummary } from "../activities/rewards.ts";
import type { RolledOut } from "../activities/rollouts.ts";
import type { UpdateResult } from "../activities/updates.ts";
import { failureTypes } from "../temporal.config.ts";
import type { EngineSession } from "./engineSession.ts";
import { isFailureOfType } from "./faults.ts";
import { cpu } from "./proxies.ts";
import type { StageReporter } from "./stageReporter.ts";

/** Where a stage goes on, and what was rolled out there already; null when nothing was. */
export interface NextIteration {
  readonly position: OfRun<StagePosition>;
  readonly rolledOut: RolledOut | null;
  /** Which limits of the budget are reached: nothing more is to be begun. */
  readonly overBudget?: string | null;
}

/**
 * One iteration: rollout (gpu) → score and plan (cpu) → update (gpu), which goes on to the next iteration's rollout.
 * Every part first looks in the log for what an earlier attempt finished, so doing an iteration again adds nothing.
 */
export async function iterate(
  { position, rolledOut: known }: NextIteration,
  engine: EngineSession,
  reporter: StageReporter,
): Promise<NextIteration> {
  const name = nameOf(position);
  const rolledOut =
    known ??
    (await engine.run((activities) =>
      activities.rollOut.executeWithOptions({ summary: `${name}: roll out` }, [position]),
    ));
  const scored = await scoreAndPlan(position, rolledOut, name, engine);
  // A plan recorded earlier that differs opened a branch: the iteration is done on that one.
  const planned = { ...position, branch: scored.branch };
  const overBudget = scored.overBudget ?? null;
  const rollOutNext = planned.iteration + 1 < planned.iterations && overBudget === null;
  const update = await updateInMemory(planned, rollOutNext, name, engine);
  if (update.kind === "refused") {
    const recovered = await cpu.recover.executeWithOptions({ summary: `${name}: ${update.guard}` }, [
      { ...planned, guard: update.guard, message: update.message },
    ]);
    return { position: recovered, rolledOut: null, overBudget };
  }
  const next = { ...planned, step: position.step + 1, iteration: position.iteration + 1 };
  reporter.iterationDone(next, scored, update.snapshot);
  return {
    position: next,
    overBudget,
    rolledOut: update.batches === undefined ? null : { batches: update.batches, timings: update.timings ?? {} },
  };
}

/** Rolls out further questions for as long as the algorithm wants some: groups whose samples all earned the same teach nothing. */
async function scoreAndPlan(
  position: OfRun<StagePosition>,
  first: RolledOut,
  name: string,
  engine: EngineSession,
): Promise<ScoreSummary> {
  let [rolledOut, asked] = [first, 0];
  for (let round = 1; ; round++) {
    const scored = await cpu.scoreAndPlan.executeWithOptions({ summary: `${name}: score and plan` }, [
      { ...position, ...rolledOut },
    ]);
    const wanted = scored.questionsWanted;
    if (wanted === undefined) return scored;
    const summary = `${name}: roll out ${wanted} further questions (round ${round})`;
    const further = { round, asked, wanted };
    const more = await engine.run((activities) =>
      activities.rollOut.executeWithOptions({ summary }, [{ ...position, further }]),
    );
    asked += wanted;
    rolledOut = { batches: [...rolledOut.batches, ...more.batches], timings: addedUp(rolledOut.timings, more.timings) };
  }
}

function addedUp(a: RolledOut["timings"] = {}, b: RolledOut["timings"] = {}): NonNullable<RolledOut["timings"]> {
  return Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [key, (a[key] ?? 0) + (b[key] ?? 0)]),
  );
}

function nameOf(position: OfRun<StagePosition>): string {
  return `stage ${position.name}, iteration ${position.iteration + 1} of ${position.iterations}`;
}

/** Applies the step's plan; one that does not fit into memory is replaced by one of smaller micro-batches. */
async function updateInMemory(
  planned: OfRun<StagePosition>,
  rollOutNext: boolean,
  name: string,
  engine: EngineSession,
): Promise<UpdateResult> {
  const summary = `${name}: update${rollOutNext ? ", roll out the next" : ""}`;
  for (;;) {
    try {
      return await engine.run((activities) =>
        activities.update.executeWithOptions({ summary }, [rollOutNext ? { ...planned, rollOutNext } : planned]),
      );
    } catch (error) {
      if (!isFailureOfType(error, failureTypes.outOfMemory)) throw error;
      const { run, branch, step } = planned;
      await cpu.shrinkPlan.executeWithOptions({ summary: `${name}: smaller micro-batches` }, [{ run, branch, step }]);
    }
  }
}
