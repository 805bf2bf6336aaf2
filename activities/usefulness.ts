import { settingsAt } from "../src/curriculum/settings.ts";
import { stateHashAt } from "../src/curriculum/replay.ts";
import { stageStart } from "../src/curriculum/position.ts";
import type { Trajectory } from "../src/domain/trajectory.ts";
import type { RunControl } from "../src/policy/port.ts";
import { answerContexts, likelihoodGains, measureLikelihoods, type ContextOptions } from "../src/rewards/measureUsefulness.ts";
import type { RunHistory } from "../src/trajectories/history.ts";
import type { ResidentEngine } from "./residentEngine.ts";
import type { StagePosition } from "./runs.ts";
import type { OpenRun } from "./workspace.ts";

/**
 * Measures, under the policy that the stage began with, what the reward usefulness of an iteration's trajectories needs,
 * and appends it to the log in one commit; what an earlier attempt or iteration measured is adopted.
 */
export async function measure(run: OpenRun, engine: ResidentEngine, position: StagePosition, trajectories: readonly Trajectory[], control: RunControl): Promise<void> {
  const history = await run.log.history();
  const options = contextOptions(run, history, position);
  if (options === null) return;
  const known = await run.log.readLikelihoods();
  const missing = answerContexts(trajectories, options).filter(({ key }) => !known.has(key));
  if (missing.length === 0) return;
  const start = stageStart(history, position.stage);
  const { maxPassageTokens, maxResponseTokens } = run.configuration.rollout;
  const likelihoods = await engine.beside(run, start, control, async (policy) =>
    measureLikelihoods(missing, { policy, passages: await run.corpus(), maxPassageTokens, maxResponseTokens, control }));
  if (likelihoods.size > 0) await run.log.appendLikelihoods(likelihoods);
}

/** For each trajectory the gain that was measured; null where none was. */
export async function measuredGains(run: OpenRun, history: RunHistory, position: StagePosition, trajectories: readonly Trajectory[]): Promise<(number | null)[]> {
  const options = contextOptions(run, history, position);
  return options === null ? trajectories.map(() => null) : likelihoodGains(trajectories, await run.log.readLikelihoods(), options);
}

/** Null in stages whose total does not depend on usefulness. */
function contextOptions({ configuration, dataset }: OpenRun, history: RunHistory, position: StagePosition): ContextOptions | null {
  const weighed = configuration.rewards.retrieval.usefulness * settingsAt(configuration, history, position).rewards.retrieval > 0;
  const policyState = stateHashAt(history, stageStart(history, position.stage));
  if (!weighed || policyState === null) return null;
  return { questions: dataset.training, policyState, maxPassageTokens: configuration.rollout.maxPassageTokens };
}
