import { commonRewards } from "../rewards.ts";

/** METHOD §3: all of them. */
export const medicalRewards: readonly string[] = [
  ...commonRewards,
  "clinicalConsistency",
  "evidentialSupport",
  "diagnosticPlausibility",
  "clinical",
];
