import OpenAI from "openai";
import { LanguageModelRefusedError } from "./languageModelErrors.ts";
import { fetchWhole } from "./wholeBody.ts";

/** How often and how long a service is waited for. */
export interface Patience {
  /** Times a request is sent again after a timeout, a lost connection, a 408, 409, 429 or 5xx. */
  readonly retries: number;
  readonly timeoutSeconds: number;
}

/** Opens a client of an OpenAI-compatible service; the key goes nowhere else. Throws where the key's variable is not set. */
export function openAiClient(
  { url, keyVariable }: { readonly url: string; readonly keyVariable: string | null },
  { retries, timeoutSeconds }: Patience,
  environment: NodeJS.ProcessEnv,
): OpenAI {
  const apiKey = readKey(keyVariable, environment);
  return new OpenAI({
    baseURL: url,
    apiKey,
    maxRetries: retries,
    timeout: timeoutSeconds * 1000,
    fetch: fetchWhole(timeoutSeconds, keyVariable === null ? [] : [apiKey]),
    organization: null,
    project: null,
  });
}

/** The key in a variable of the environment; a placeholder for servers without keys. Throws LanguageModelRefusedError where it is not set. */
export function readKey(variable: string | null, environment: NodeJS.ProcessEnv): string {
  if (variable === null) return "none";
  const key = environment[variable];
  if (key === undefined || key === "")
    throw new LanguageModelRefusedError(
      `the worker's environment has no ${variable}; set it, or set keyVariable to null for a server without keys`,
    );
  return key;
}
