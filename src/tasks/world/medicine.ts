import type { Dataset } from "../../domain/dataset.ts";
import { openWorld } from "../../world/worldDataset.ts";
import type { Domain } from "../../world/domain.ts";
import { createExtractor } from "../../world/extractor.ts";
import { medicalScale } from "../medical/medicalEvidenceScale.ts";

/** Diseases of specialties, seen by findings; mechanisms behind them, treated by drugs that a comorbidity may rule out. */
export const medicine: Domain = {
  name: "world",
  streams: { facts: "medicine", problems: "patients" },
  endings: { field: "urgo", sign: "ox", fault: "oma", cause: "kin", remedy: "vir", circumstance: "ard" },
  words: {
    suggests: "suggests",
    cause: "mechanism",
    first: "first",
    second: "second",
    avoid: "avoid",
    safe: "safe",
    asides: ["epidemiology", "prevalence"],
    remedies: "treatment",
    joins: "with",
  },
  scale: medicalScale,
  pools: { newFaults: "held-out-diseases", newFields: "held-out-specialties" },
  fieldTag: "specialty",
};

/** What leads from one mechanism to the next in a world of longer chains. */
export const medicineLeads = "drives";

export const medicineExtractor = createExtractor(medicine);

/** The embedded medical world; equal seeds give equal content. */
export function openMedicine(worldSeed: number): Dataset {
  return openWorld(medicine, worldSeed);
}
