import type { ServedModel } from "../src/configuration/languageModelSettings.ts";
import { readKey } from "../src/services/key.ts";
import { findService } from "../src/services/serviceList.ts";
import { badInput } from "./failures.ts";

/** Refuses a model whose service or key this worker does not have, before anything is begun. */
export function checkServed(model: Pick<ServedModel, "service">): void {
  try {
    const { keyVariable } = findService(model.service, process.env);
    if (keyVariable !== null) readKey(keyVariable, process.env);
  } catch (error) {
    throw badInput(error);
  }
}
