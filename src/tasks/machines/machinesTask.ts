import type { TaskPart } from "../taskDefinition.ts";
import { embeddedWorld } from "../embeddedWorld.ts";
import { machines, machinesLeads } from "./machines.ts";
import { MachinesSettings } from "./machinesSettings.ts";

/** Invented machines, faults and spare parts, whose documents contradict each other as the reliability of their sources allows. */
export const machinesTask: TaskPart<MachinesSettings> = {
  name: "machines",
  describe: "embedded, of machine repair: no medicine, and a scale of its own",
  settings: MachinesSettings,
  preset: "quick",
  paths: [],
  create: ({ worldSeed, ...regime }) =>
    embeddedWorld({
      domain: machines,
      leads: machinesLeads,
      offer: { subject: "technical" },
      worldSeed,
      regime,
      keptBase: null,
      cautions: [],
      notes: [
        "The machines, faults, parts and documents of this task are invented. Its accuracies show whether what holds for the medical world holds elsewhere, and say nothing about real machines.",
      ],
    }),
};
