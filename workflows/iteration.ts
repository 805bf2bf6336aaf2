import type { OfRun, StagePosition } from "../src/domain/address.ts";
import type { ScoreSummary } from "../activities/rewards.ts";
import type { RolledOut } from "../activities/rollouts.ts";
import type { SharedPolicy } from "../activities/shards.ts";
import type { UpdateResult } from "../activities/updates.ts";
import { failureTypes } from "../temporal.config.ts";
import type { EngineSession } from "./engineSession.ts";
import { isFailureOfType } from "./faults.ts";
import { cpu } from "./proxies.ts";
import { joined, shardedRollouts, wholeRollouts, type RollOut } from "./shards.ts";
import type { StageReporter } from "./stageReporter.ts";

/** Where a stage goes on, and what was rolled out there already; null when nothing was. */
export interface NextIteration {
  readonly position: OfRun<StagePosition>;
  readonly rolledOut: RolledOut | null;
  /** The policy to sample shards with; null where it is not shared yet, or the rollout is one piece. */
  readonly shared?: SharedPolicy | null;
  /** Which limits of the budget are reached: nothing more is to be begun. */
  readonly overBudget?: string | null;
}

/** The services that an iteration uses. */
export interface IterationTools {
  readonly engine: EngineSession;
  readonly reporter: StageReporter;
  /** Parts of a rollout, which any gpu process takes; one where the process that trains does it as one piece. */
  readonly shards: number;
}

/**
 * One iteration: rollout (gpu) → score and plan (cpu) → update (gpu), which goes on to the next iteration's rollout, or shares
 * the policy with the processes that sample its shards. Every part first looks in the log for what an earlier attempt finished, so doing an iteration again adds nothing.
 */
export async function iterate(
  { position, rolledOut: known, shared = null }: NextIteration,
  { engine, reporter, shards }: IterationTools,
): Promise<NextIteration> {
  const name = nameOf(position);
  const rollOut = shards === 1 ? wholeRollouts(engine) : shardedRollouts(engine, shards, shared);
  const rolledOut = known ?? (await rollOut(position, name));
  const scored = await scoreAndPlan(position, rolledOut, name, rollOut);
  // An earlier plan that differs opened a branch: the iteration goes on there.
  const planned = { ...position, branch: scored.branch };
  const overBudget = scored.overBudget ?? null;
  const goesOn = planned.iteration + 1 < planned.iterations && overBudget === null;
  const then = !goesOn ? "end" : shards === 1 ? "rollOutNext" : "shareNext";
  const update = await updateInMemory(planned, then, name, engine);
  if (update.kind === "refused") {
    const recovered = await cpu.recover.executeWithOptions({ summary: `${name}: ${update.guard}` }, [
      { ...planned, guard: update.guard, message: update.message },
    ]);
    return { position: recovered, rolledOut: null, overBudget };
  }
  const next = { ...planned, step: position.step + 1, iteration: position.iteration + 1 };
  reporter.iterationDone(next, scored, update.snapshot, rolledOut.workers ?? []);
  return {
    position: next,
    overBudget,
    shared: update.shared ?? null,
    rolledOut: update.batches === undefined ? null : { batches: update.batches, timings: update.timings ?? {} },
  };
}

/** Rolls out further questions for as long as the algorithm wants some: groups whose samples all earned the same teach nothing. */
async function scoreAndPlan(
  position: OfRun<StagePosition>,
  first: RolledOut,
  name: string,
  rollOut: RollOut,
): Promise<ScoreSummary> {
  let [rolledOut, asked] = [first, 0];
  for (let round = 1; ; round++) {
    const scored = await cpu.scoreAndPlan.executeWithOptions({ summary: `${name}: score and plan` }, [
      { ...position, ...rolledOut, rounds: round - 1 },
    ]);
    const wanted = scored.questionsWanted;
    if (wanted === undefined) return scored;
    rolledOut = joined([rolledOut, await rollOut(position, name, { round, asked, wanted })]);
    asked += wanted;
  }
}

function nameOf(position: OfRun<StagePosition>): string {
  return `stage ${position.name}, iteration ${position.iteration + 1} of ${position.iterations}`;
}

/** What follows an update in the same activity. */
const afterUpdate = { end: "", rollOutNext: ", roll out the next", shareNext: ", share the policy" } as const;

/** Applies the step's plan; one that does not fit into memory is replaced by one of smaller micro-batches. */
async function updateInMemory(
  planned: OfRun<StagePosition>,
  then: keyof typeof afterUpdate,
  name: string,
  engine: EngineSession,
): Promise<UpdateResult> {
  const summary = `${name}: update${afterUpdate[then]}`;
  const input = then === "end" ? planned : { ...planned, [then]: true };
  for (;;) {
    try {
      return await engine.run((activities) => activities.update.executeWithOptions({ summary }, [input]));
    } catch (error) {
      if (!isFailureOfType(error, failureTypes.outOfMemory)) throw error;
      const { run, branch, step } = planned;
      await cpu.shrinkPlan.executeWithOptions({ summary: `${name}: smaller micro-batches` }, [{ run, branch, step }]);
    }
  }
}
