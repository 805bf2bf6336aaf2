import type { RunConfiguration } from "../configuration/configuration.ts";
import { taskOf } from "../tasks/taskRegistry.ts";
import { createRunEnvironment, type RunEnvironment } from "./runEnvironment.ts";

/** All that a run's policy can do, as its configuration says. */
export function environmentOf({
  environments,
  data,
  prompt,
}: Pick<RunConfiguration, "environments" | "data"> & Partial<Pick<RunConfiguration, "prompt">>): RunEnvironment {
  return createRunEnvironment(environments, taskOf(data), prompt);
}
