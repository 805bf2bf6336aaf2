/** Why a step was refused before it counted. A closed set. */
export const guardNames = [
  "not-finite",
  "gradient-explosion",
  "entropy-collapse",
  "format-collapse",
  "log-probability-gap",
] as const;
export type GuardName = (typeof guardNames)[number];
