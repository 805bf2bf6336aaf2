import { withoutInspectorAndPreloads } from "./nodeOptions.mjs";

/**
 * The environment for the laptop's own server and its workers: without what is meant for another server (TEMPORAL_*
 * variables and the profile file that one of them names) and without what a person set to look into their own Node
 * programs (a debugger's port that only one process can have, modules that are loaded first).
 */
export function ownServerEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(withoutInspectorAndPreloads(environment)).filter(
    ([name]) => !name.toUpperCase().startsWith("TEMPORAL_"),
  );
  return Object.fromEntries(kept);
}
