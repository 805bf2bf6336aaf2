import type { OfRun, StagePosition } from "../src/domain/address.ts";
import { settingsAt } from "../src/curriculum/stepSettings.ts";
import { stateHashAt } from "../src/training/replay.ts";
import { stageStart } from "../src/curriculum/position.ts";
import type { Trajectory } from "../src/domain/trajectory.ts";
import type { RunControl } from "../src/policy/port.ts";
import {
  answerContexts,
  likelihoodGains,
  measureLikelihoods,
  type AnswerContext,
  type ContextOptions,
  type Likelihoods,
} from "../src/rewards/measureUsefulness.ts";
import type { RunHistory } from "../src/trajectories/history.ts";
import type { PolicyAddress } from "../src/domain/address.ts";
import type { ResidentEngine } from "./residentEngine.ts";
import type { OpenRun } from "./workspace.ts";

/**
 * Likelihoods that the reward usefulness still needs for an iteration's trajectories, and the policy that measures
 * them.
 */
export interface Unmeasured {
  readonly contexts: readonly AnswerContext[];
  /** The policy that the stage began with. */
  readonly start: PolicyAddress;
}

/** Finds what is still to be measured; likelihoods that the log has are left out. */
export async function unmeasured(
  run: OpenRun,
  history: RunHistory,
  position: OfRun<StagePosition>,
  trajectories: readonly Trajectory[],
): Promise<Unmeasured> {
  const start = stageStart(history, position.stage);
  const options = contextOptions(run, history, position);
  if (options === null) return { contexts: [], start };
  const known = await run.log.readLikelihoods();
  return { contexts: answerContexts(trajectories, options).filter(({ key }) => !known.has(key)), start };
}

/** Measures the missing likelihoods; called within work of the engine. */
export async function measure(
  run: OpenRun,
  engine: Pick<ResidentEngine, "beside">,
  { contexts, start }: Unmeasured,
  control: RunControl,
): Promise<Likelihoods> {
  const { maxPassageTokens } = run.environment;
  const { maxResponseTokens } = run.configuration.rollout;
  if (contexts.length === 0 || maxPassageTokens === null) return new Map();
  return engine.beside(run, start, control, async (policy) =>
    measureLikelihoods(contexts, {
      policy,
      passages: await run.corpus(),
      maxPassageTokens,
      protocol: run.environment,
      maxResponseTokens,
      control,
    }),
  );
}

/** For each trajectory the gain that was measured; null where measuring failed, nothing where the stage weighs none. */
export async function measuredGains(
  run: OpenRun,
  history: RunHistory,
  position: OfRun<StagePosition>,
  trajectories: readonly Trajectory[],
): Promise<(number | null | undefined)[]> {
  const options = contextOptions(run, history, position);
  return options === null
    ? trajectories.map(() => undefined)
    : likelihoodGains(trajectories, await run.log.readLikelihoods(), options);
}

/** Null in stages whose total does not depend on usefulness, and in runs that no tool shows passages in. */
function contextOptions(
  { configuration, dataset, environment }: OpenRun,
  history: RunHistory,
  position: OfRun<StagePosition>,
): ContextOptions | null {
  const { usefulness = 0, retrieval = 0 } = settingsAt(configuration, history, position).rewards;
  const weighed = usefulness + configuration.rewards.retrieval.usefulness * retrieval > 0;
  const policyState = stateHashAt(history, stageStart(history, position.stage));
  const { maxPassageTokens } = environment;
  if (!weighed || policyState === null || maxPassageTokens === null) return null;
  return { questions: dataset.training, policyState, maxPassageTokens, protocol: environment };
}
