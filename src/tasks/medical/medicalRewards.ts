import { rewardNames } from "../../domain/rewardNames.ts";

/** docs/method.md#rewards: all of them. */
export const medicalRewards: readonly string[] = rewardNames;
