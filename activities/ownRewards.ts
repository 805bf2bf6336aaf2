import type { RunConfiguration } from "../src/configuration/configuration.ts";
import { loadOwnRewards, OwnRewardError, type OwnReward } from "../src/rewards/own.ts";
import { messageOf, needsPerson } from "./failures.ts";

/** The rewards of one's own that a run names. What is wrong with them needs a person. */
export async function ownRewards({ rewards }: Pick<RunConfiguration, "rewards">): Promise<OwnReward[]> {
  try {
    return await loadOwnRewards(rewards.own, process.env["MED_R3_REWARDS"]);
  } catch (error) {
    throw error instanceof OwnRewardError ? needsPerson(messageOf(error)) : error;
  }
}
