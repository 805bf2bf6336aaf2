import type { GuardName } from "../domain/guard.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";

export type GuardSettings = RunConfiguration["guard"];

export interface GuardFinding {
  readonly guard: GuardName;
  readonly message: string;
}

/** Readings that guards check; null where a value is not known yet. */
export interface GuardReadings {
  readonly loss?: number;
  readonly gradientNorm?: number;
  /** Nats per token. */
  readonly entropy?: number;
  /** Largest |sampled − recomputed| log-probability (nats), before any of the step's updates. */
  readonly logProbabilityGap?: number;
  /** Share of trajectories that pass the format gate, and the same at the stage's first iteration. */
  readonly formatShare?: number;
  readonly initialFormatShare?: number;
}

/** Returns the first of the algorithm's guards that the readings trip; null when all is well. */
export function checkGuards(
  readings: GuardReadings,
  settings: GuardSettings,
  guards: readonly GuardName[],
): GuardFinding | null {
  for (const guard of guards) {
    const finding = checks[guard](readings, settings);
    if (finding !== null) return finding;
  }
  return null;
}

const checks: Readonly<Record<GuardName, (readings: GuardReadings, settings: GuardSettings) => GuardFinding | null>> = {
  "not-finite": notFinite,
  "gradient-explosion": gradientExplosion,
  "entropy-collapse": entropyCollapse,
  "format-collapse": formatCollapse,
  "log-probability-gap": gap,
};

function notFinite(readings: GuardReadings): GuardFinding | null {
  for (const [name, value] of Object.entries(readings)) {
    if (typeof value === "number" && !Number.isFinite(value))
      return { guard: "not-finite", message: `${name} is ${value}` };
  }
  return null;
}

function gradientExplosion(
  { gradientNorm }: GuardReadings,
  { maximumGradientNorm }: GuardSettings,
): GuardFinding | null {
  if (gradientNorm === undefined || gradientNorm <= maximumGradientNorm) return null;
  return {
    guard: "gradient-explosion",
    message: `gradient norm ${gradientNorm.toPrecision(4)} is above ${maximumGradientNorm}`,
  };
}

function entropyCollapse({ entropy }: GuardReadings, { minimumEntropy }: GuardSettings): GuardFinding | null {
  if (entropy === undefined || entropy >= minimumEntropy) return null;
  return {
    guard: "entropy-collapse",
    message: `mean entropy ${entropy.toPrecision(4)} nats is below ${minimumEntropy}`,
  };
}

function formatCollapse(
  { formatShare, initialFormatShare }: GuardReadings,
  { minimumFormatShare }: GuardSettings,
): GuardFinding | null {
  if (formatShare === undefined || initialFormatShare === undefined) return null;
  if (formatShare >= minimumFormatShare * initialFormatShare) return null;
  return {
    guard: "format-collapse",
    message: `${percent(formatShare)} of the trajectories pass the format gate, ${percent(initialFormatShare)} did when the stage began`,
  };
}

function gap({ logProbabilityGap }: GuardReadings, { maximumLogProbabilityGap }: GuardSettings): GuardFinding | null {
  if (logProbabilityGap === undefined || logProbabilityGap <= maximumLogProbabilityGap) return null;
  return {
    guard: "log-probability-gap",
    message: `sampled and recomputed log-probabilities differ by ${logProbabilityGap.toPrecision(3)} nats, at most ${maximumLogProbabilityGap} allowed`,
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
