import { fileURLToPath } from "node:url";
import type { TaskPart } from "../taskDefinition.ts";
import { embeddedWorld } from "../embeddedWorld.ts";
import { medicalOffer } from "../medical/offer.ts";
import { medicalCautions } from "../medical/medicalNotes.ts";
import { medicine, medicineLeads } from "./medicine.ts";
import { medicalRewards } from "../medical/medicalRewards.ts";
import { WorldSettings } from "./worldSettings.ts";

/** The world whose base is kept in the project, and where it is. */
export const keptBase = {
  worldSeed: 1,
  folder: fileURLToPath(new URL("../../../models/world-base", import.meta.url)),
} as const;

/** Invented diseases and drugs, whose documents contradict each other as their levels of evidence allow. */
export const worldTask: TaskPart<WorldSettings> = {
  name: "world",
  describe: "the embedded one",
  settings: WorldSettings,
  rewards: medicalRewards,
  preset: "quick",
  paths: [],
  create: ({ worldSeed, ...regime }) =>
    embeddedWorld({
      domain: medicine,
      leads: medicineLeads,
      offer: medicalOffer,
      worldSeed,
      regime,
      keptBase: worldSeed === keptBase.worldSeed ? keptBase.folder : null,
      cautions: medicalCautions,
      notes: [
        "The diseases, drugs and documents of the embedded world are invented. Its accuracies show that the curriculum works, and say nothing about real medicine.",
      ],
    }),
};
