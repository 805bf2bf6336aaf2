import type { RewardWeights } from "../configuration/rewardWeights.ts";
import { rewardsOf, type TaskData } from "./taskRegistry.ts";

/** A reward that is weighed though the task does not offer it, and why that is refused. */
export interface UnofferedReward {
  readonly name: string;
  readonly message: string;
}

/** The weights above 0 that a task can give nothing for. */
export function unofferedRewards(data: Pick<TaskData, "dataset">, weights: RewardWeights): UnofferedReward[] {
  const offered = rewardsOf(data);
  const message = `task ${data.dataset} does not offer this reward; it has ${[...offered].join(", ")}`;
  return Object.entries(weights).flatMap(([name, weight]) =>
    weight !== undefined && weight > 0 && !offered.has(name) ? [{ name, message }] : [],
  );
}
