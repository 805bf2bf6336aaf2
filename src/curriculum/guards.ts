import type { RunConfiguration } from "../configuration/configuration.ts";

export type GuardSettings = RunConfiguration["guard"];

/** Why a step was refused before it counted. A closed set. */
export const guardNames = ["not-finite", "gradient-explosion", "entropy-collapse", "format-collapse", "log-probability-gap"] as const;
export type GuardName = (typeof guardNames)[number];

export interface GuardFinding {
  readonly guard: GuardName;
  readonly message: string;
}

/** What guards look at; null where it is not known (yet). */
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

/** The first guard that a step's readings trip; null when all is well. */
export function checkGuards(readings: GuardReadings, settings: GuardSettings): GuardFinding | null {
  return notFinite(readings) ?? gradientExplosion(readings, settings) ?? entropyCollapse(readings, settings) ?? formatCollapse(readings, settings) ?? gap(readings, settings);
}

function notFinite(readings: GuardReadings): GuardFinding | null {
  for (const [name, value] of Object.entries(readings)) {
    if (typeof value === "number" && !Number.isFinite(value)) return { guard: "not-finite", message: `${name} is ${value}` };
  }
  return null;
}

function gradientExplosion({ gradientNorm }: GuardReadings, { maximumGradientNorm }: GuardSettings): GuardFinding | null {
  if (gradientNorm === undefined || gradientNorm <= maximumGradientNorm) return null;
  return { guard: "gradient-explosion", message: `gradient norm ${gradientNorm.toPrecision(4)} is above ${maximumGradientNorm}` };
}

function entropyCollapse({ entropy }: GuardReadings, { minimumEntropy }: GuardSettings): GuardFinding | null {
  if (entropy === undefined || entropy >= minimumEntropy) return null;
  return { guard: "entropy-collapse", message: `mean entropy ${entropy.toPrecision(4)} nats is below ${minimumEntropy}` };
}

function formatCollapse({ formatShare, initialFormatShare }: GuardReadings, { minimumFormatShare }: GuardSettings): GuardFinding | null {
  if (formatShare === undefined || initialFormatShare === undefined) return null;
  if (formatShare >= minimumFormatShare * initialFormatShare) return null;
  return { guard: "format-collapse", message: `${percent(formatShare)} of the trajectories pass the format gate, ${percent(initialFormatShare)} did when the stage began` };
}

function gap({ logProbabilityGap }: GuardReadings, { maximumLogProbabilityGap }: GuardSettings): GuardFinding | null {
  if (logProbabilityGap === undefined || logProbabilityGap <= maximumLogProbabilityGap) return null;
  return { guard: "log-probability-gap", message: `sampled and recomputed log-probabilities differ by ${logProbabilityGap.toPrecision(3)} nats, at most ${maximumLogProbabilityGap} allowed` };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
