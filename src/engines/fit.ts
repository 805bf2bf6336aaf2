import type { Algorithm } from "../algorithms/algorithm.ts";
import type { EngineCapabilities } from "./engine.ts";

/** Why an engine cannot do what a run asks of it, in words; null where it can. */
export function whyUnfit(
  capabilities: EngineCapabilities,
  engine: string,
  { loss }: Pick<Algorithm, "loss">,
): string | null {
  if (!capabilities.trains) return `engine ${engine} samples only: it cannot be trained`;
  if (!capabilities.losses.includes(loss.kind))
    return `needs the loss "${loss.kind}", which engine ${engine} does not compute; it has ${capabilities.losses.join(", ")}`;
  if ("klCoefficient" in loss && !capabilities.reference)
    return `a KL term compares with a saved policy, which engine ${engine} cannot; leave klCoefficient out`;
  return null;
}

/** Why an engine cannot learn from what a policy one update behind has sampled; null where it can. */
export function whyNotStale(
  { separateSampling = false }: EngineCapabilities,
  engine: string,
  { loss }: Pick<Algorithm, "loss">,
): string | null {
  if (!separateSampling)
    return `engine ${engine} has no weights to sample from beside those that learn; leave it out, or take a server of the engine tinker that has`;
  if (loss.kind === "cross-entropy")
    return "the algorithm's loss has no importance ratio, which corrects for the update in between; leave it out";
  return null;
}
