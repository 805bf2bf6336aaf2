import { z } from "zod";
import type { Stage } from "../configuration/stages.ts";
import { describeWrongFields } from "../domain/wrongFields.ts";
import type { ChosenPart } from "../parts/part.ts";
import { askPart, PartFaultError } from "../parts/partFault.ts";
import { schedules } from "./scheduleRegistry.ts";

/** Code that no type checker saw. Values are those of the configuration, which is checked by itself. */
const Outline = z.array(
  z.looseObject({ name: z.string(), iterations: z.number(), rewards: z.looseObject({}), gate: z.unknown() }),
);

/** The parts of a run's configuration that say how it goes through its stages. */
interface Scheduled {
  readonly schedule: ChosenPart;
  readonly stages: readonly Stage[];
}

/** The stages that a run is likely to train, as its schedule arranges the configured ones. Throws PartFaultError where the schedule gives none. */
export function outlineOf({ schedule, stages }: Scheduled): readonly Stage[] {
  const part = `schedule "${schedule.name}"`;
  const made = schedules.create(schedule);
  const given = askPart(part, () => made.outline(stages));
  const fits = Outline.safeParse(given);
  if (!fits.success)
    throw new PartFaultError(
      `${part} gave an outline that does not fit: ${describeWrongFields(fits.error, ["outline"])}`,
    );
  return given;
}

/** Whether the schedule itself has a stage that learns demonstrations, whatever is said of a warm start. */
export function schedulesDemonstrations(configuration: Scheduled): boolean {
  return outlineOf(configuration).some(({ learns }) => learns === "demonstrations");
}
