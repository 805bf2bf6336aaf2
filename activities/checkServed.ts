import type { ServedModel } from "../src/configuration/languageModelSettings.ts";
import { readKey } from "../src/services/openAiClient.ts";
import { findService } from "../src/services/serviceList.ts";
import { badInput } from "./failures.ts";

/** Refuses a model whose service or key this worker does not have, before anything is begun. */
export function checkServed(model: Pick<ServedModel, "service">): void {
  try {
    readKey(findService(model.service, process.env).keyVariable, process.env);
  } catch (error) {
    throw badInput(error);
  }
}
