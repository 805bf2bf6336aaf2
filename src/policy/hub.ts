import { existsSync } from "node:fs";
import { fetchRepository, isHubName } from "../hub/repository.ts";
import type { HubSettings } from "../hub/repository.ts";

/** Files of a model that the engine reads: settings, tokenizer, weights as safetensors. */
const wanted = /^[^/]+\.(json|safetensors|jinja|txt)$/;

/** The folder of a model: a folder that is there, or ORG/NAME, fetched from the hub once and kept. */
export async function resolveModel(model: string, settings: HubSettings): Promise<string> {
  if (existsSync(model)) return model;
  if (!isHubName(model))
    throw new Error(`model "${model}" is neither a folder that is there nor a name of the form ORG/NAME`);
  const needs = { what: "safetensors", found: (path: string) => path.endsWith(".safetensors") };
  return fetchRepository({ type: "model", name: model, wants: (path) => wanted.test(path), needs }, settings);
}
