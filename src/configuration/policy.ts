import { z } from "zod";
import { PathText } from "../domain/pathText.ts";
import { engines } from "../engines/engineRegistry.ts";
import type { Engine } from "../engines/engine.ts";
import { flatRegistry } from "../parts/flatRegistry.ts";

const policies = flatRegistry(engines, "engine", {
  /** "built-in": the task's own base or a cold start built from the corpus; else a model folder, or a name that the engine's server knows. */
  model: PathText,
});

/** `engine` with its settings beside it, and the model that it begins with. */
export const PolicyConfiguration = policies.Choice;
export type PolicyConfiguration = z.infer<typeof PolicyConfiguration>;

/** The engine of a run, with its settings. */
export function engineOf(policy: PolicyConfiguration): Engine {
  return policies.create(policy);
}
