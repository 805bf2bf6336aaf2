import { patched } from "@temporalio/workflow";

/** The engine goes on from an update to the next rollout in one activity; histories that began before keep two. */
export function joinsRollOut(): boolean {
  return patched("roll-out-joined-to-update");
}

/** A long wait for an engine is told; histories that began before have no clock for it. */
export function tellsEngineWaits(): boolean {
  return patched("engine-waits-told");
}

/** Reports of a stage keep a distance in time; histories that began before have one an iteration. */
export function spacesReports(): boolean {
  return patched("reports-spaced-in-time");
}
