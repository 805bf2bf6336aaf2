import type { Stage } from "../configuration/stages.ts";
import type { ChosenPart } from "../parts/part.ts";
import { schedules } from "./scheduleRegistry.ts";

/** The parts of a run's configuration that say how it goes through its stages. */
interface Scheduled {
  readonly schedule: ChosenPart;
  readonly stages: readonly Stage[];
}

/** The stages that a run is likely to train, as its schedule arranges the configured ones. */
export function outlineOf({ schedule, stages }: Scheduled): readonly Stage[] {
  return schedules.create(schedule).outline(stages);
}

/** Whether the schedule itself has a stage that learns demonstrations, whatever is said of a warm start. */
export function schedulesDemonstrations(configuration: Scheduled): boolean {
  return outlineOf(configuration).some(({ learns }) => learns === "demonstrations");
}
