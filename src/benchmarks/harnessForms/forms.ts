import type { HarnessForm } from "./form.ts";
import { medMcqaForm } from "./medmcqa.ts";
import { medQaForm } from "./medqa.ts";
import { mmluMedicineForm } from "./mmluMedicine.ts";
import { pubMedQaForm } from "./pubmedqa.ts";

/** By data set. */
export const harnessForms: ReadonlyMap<string, HarnessForm> = new Map(
  [medQaForm, medMcqaForm, mmluMedicineForm, pubMedQaForm].map((form) => [form.dataset, form]),
);
