import type { TaskPart } from "../definition.ts";
import { embeddedWorld } from "../embeddedWorld.ts";
import { machines } from "./machines.ts";
import { machinesDeclaration, type MachinesSettings } from "./settings.ts";

/** Invented machines, faults and spare parts, whose documents contradict each other as the reliability of their sources allows. */
export const machinesTask: TaskPart<MachinesSettings> = {
  ...machinesDeclaration,
  create: ({ worldSeed }) =>
    embeddedWorld({
      domain: machines,
      worldSeed,
      keptBase: null,
      notes: [
        "The machines, faults, parts and documents of this task are invented. Its accuracies show whether what holds for the medical world holds elsewhere, and say nothing about real machines.",
      ],
    }),
};
