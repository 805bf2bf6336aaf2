import type { EvaluationConfiguration } from "../configuration/configuration.ts";

/** Begins the names of pools whose questions are answered again, sampled. */
const prefix = "sampled ";

/** The pool's name under which sampled answers to its questions are kept. */
export function sampledPool(pool: string): string {
  return `${prefix}${pool}`;
}

/** Whether a pool's name is that of sampled, not greedy, answers. */
export function isSampledPool(pool: string): boolean {
  return pool.startsWith(prefix);
}

/** The pool whose questions are asked. */
export function poolAsked(pool: string): string {
  return isSampledPool(pool) ? pool.slice(prefix.length) : pool;
}

/** How a pool is answered. */
export function answeringOf(
  pool: string,
  { sampled, samples, temperature, topP }: EvaluationConfiguration,
): Pick<EvaluationConfiguration, "samples" | "temperature" | "topP"> {
  return isSampledPool(pool) && sampled !== null ? sampled : { samples, temperature, topP };
}
