import type { Dialect } from "./dialect.ts";

/** The protocol's usual meaning; every row says what is otherwise. Never "recognises equal requests" by default. */
const usual = {
  losses: ["cross_entropy", "importance_sampling", "ppo", "cispo"],
  reduction: "sum",
  defaultClip: [0.8, 1.2],
  dualClip: null,
  largestRatio: null,
  gradientClip: "none",
  deduplicates: false,
  stopStrings: "cut",
  endsByItself: true,
  sequenceIds: "ignored",
  encoding: "json",
  optimizerOnLoad: "as-asked",
  loadsFirstOnly: false,
  separateSampling: true,
  weights: ["adapters"],
  takesMask: true,
  ready: "health",
} as const satisfies Omit<Dialect, "name" | "describe">;

const skyrl = { ...usual, optimizerOnLoad: "always", ready: "first-model" } as const;

/**
 * The servers of autumn 2026 (docs/tinker.md#dialects). Only SkyRL 0.3.0 on JAX was run; the others are read from sources and documents, which
 * is why a run checks its server first. The first row that fits a check is taken, so rows that promise less come before rows that promise more.
 */
export const dialects: readonly Dialect[] = [
  {
    ...skyrl,
    name: "skyrl-jax",
    describe: "SkyRL 0.3.0, JAX back end (adapters; the only one that runs on a CPU)",
    reduction: "sequence-mean",
    stopStrings: "included",
    endsByItself: false,
    separateSampling: false,
  },
  {
    ...skyrl,
    name: "skyrl-jax-main",
    describe: "SkyRL main of August 2026, JAX back end",
    reduction: "sequence-mean",
    stopStrings: "included",
    endsByItself: false,
    separateSampling: false,
    deduplicates: true,
    sequenceIds: "recognised",
    optimizerOnLoad: "as-asked",
    loadsFirstOnly: true,
  },
  {
    ...skyrl,
    name: "skyrl-train",
    describe: "SkyRL 0.3.0, FSDP or Megatron with vLLM (adapters, or full weights by rank 0)",
    gradientClip: "server",
    weights: ["adapters", "full"],
  },
  {
    ...skyrl,
    name: "skyrl-train-main",
    describe: "SkyRL main of August 2026, FSDP or Megatron with vLLM",
    losses: [...usual.losses, "gspo"],
    gradientClip: "server",
    weights: ["adapters", "full"],
    deduplicates: true,
    sequenceIds: "recognised",
    optimizerOnLoad: "as-asked",
    loadsFirstOnly: true,
  },
  {
    ...usual,
    name: "verl-tinker",
    describe:
      "VeRL-Tinker (full weights, one client and one model; its own loss has dual clip by the server's options)",
    losses: [...usual.losses, "dro", "custom_from_config"],
    largestRatio: 2,
    stopStrings: "included",
    weights: ["full"],
  },
  {
    ...usual,
    name: "tuft",
    describe: "TuFT 0.2 (adapters; takes protobuf alone for forward–backward)",
    losses: [...usual.losses, "dro"],
    defaultClip: [0.9, 1.1],
    gradientClip: "per-step",
    sequenceIds: "ordered",
    encoding: "protobuf",
  },
  {
    ...usual,
    name: "miles",
    describe: "Miles gateway (adapters; saved weights to sample from never change)",
    losses: [...usual.losses, "dro"],
    gradientClip: "per-step",
    deduplicates: true,
    sequenceIds: "recognised",
  },
  {
    ...usual,
    name: "tinker",
    describe: "the hosted Tinker service (adapters)",
    losses: [...usual.losses, "dro", "gspo"],
    gradientClip: "per-step",
    deduplicates: true,
    sequenceIds: "recognised",
    encoding: "protobuf",
    takesMask: false,
  },
];

/** The row of a name. Throws RangeError, which says what there is. */
export function dialectNamed(name: string): Dialect {
  const found = dialects.find((dialect) => dialect.name === name);
  if (found !== undefined) return found;
  throw new RangeError(
    `there is no dialect "${name}"; known are ${dialects.map((dialect) => dialect.name).join(", ")}`,
  );
}
