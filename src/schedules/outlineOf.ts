import type { RunConfiguration } from "../configuration/configuration.ts";
import type { Stage } from "../configuration/stages.ts";
import { schedules } from "./scheduleRegistry.ts";

/** The stages that a run is likely to train, as its schedule arranges the configured ones. */
export function outlineOf({ schedule, stages }: Pick<RunConfiguration, "schedule" | "stages">): readonly Stage[] {
  return schedules.create(schedule).outline(stages);
}
