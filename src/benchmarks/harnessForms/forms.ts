import type { HarnessForm } from "./form.ts";
import { medMcqaForm } from "./medmcqaForm.ts";
import { medQaForm } from "./medqaForm.ts";
import { mmluMedicineForm } from "./mmluMedicineForm.ts";
import { pubMedQaForm } from "./pubmedqaForm.ts";

/** By data set. */
export const harnessForms: ReadonlyMap<string, HarnessForm> = new Map(
  [medQaForm, medMcqaForm, mmluMedicineForm, pubMedQaForm].map((form) => [form.dataset, form]),
);
