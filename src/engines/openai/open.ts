import { loadTokenizer } from "../../policy/tokenizer.ts";
import { openClient } from "./client.ts";
import { createServedSampler, type ServedSampler } from "./sampler.ts";
import type { OpenAiSettings } from "./settings.ts";
import { createTextTokenizer } from "./textTokenizer.ts";

/** A model of a service that this worker's environment lists. Throws ServiceError, LanguageModelRefusedError, or what is wrong with the tokenizer's folder. */
export async function openServedModel(
  settings: OpenAiSettings,
  model: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ServedSampler> {
  const ask = openClient(settings, environment);
  const tokenizer = settings.tokenizer === null ? createTextTokenizer() : await loadTokenizer(settings.tokenizer);
  return createServedSampler({ ask, model, settings, tokenizer });
}
