import { rewardNames } from "../../domain/rewardNames.ts";

/** METHOD §3: all of them. */
export const medicalRewards: readonly string[] = rewardNames;
