/**
 * First words of the project's own metrics, as "reward" of `reward/total`. Parts that give metrics have none of these names, since
 * the names of theirs begin with the part's.
 */
export const metricGroups: ReadonlySet<string> = new Set([
  "abstained",
  "accuracy",
  "actor",
  "baseline",
  "calibration",
  "contamination",
  "demonstrations",
  "failed",
  "format",
  "groups",
  "harmful",
  "mean",
  "optim",
  "perf",
  "probe",
  "retrieval",
  "reward",
  "rollout",
  "service",
  "stop",
  "tokens",
  "unscored",
]);
