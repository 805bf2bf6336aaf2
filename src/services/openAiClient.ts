import OpenAI from "openai";
import { readKey } from "./key.ts";
import { fetchWhole } from "./wholeBody.ts";

/** How often and how long a service is waited for. */
export interface Patience {
  /** Times a request is sent again after a timeout, a lost connection, a 408, 409, 429 or 5xx. */
  readonly retries: number;
  readonly timeoutSeconds: number;
}

/** Opens a client of an OpenAI-compatible service; the key goes nowhere else, and is blotted out in what comes back. Throws ServiceError where the key cannot be had. */
export function openAiClient(
  { url, keyVariable }: { readonly url: string; readonly keyVariable: string | null },
  { retries, timeoutSeconds }: Patience,
  environment: NodeJS.ProcessEnv,
): OpenAI {
  const key = keyVariable === null ? null : readKey(keyVariable, environment);
  return new OpenAI({
    baseURL: url,
    // Servers without keys are sent a placeholder, since the client wants one.
    apiKey: key ?? "none",
    maxRetries: retries,
    timeout: timeoutSeconds * 1000,
    fetch: fetchWhole(timeoutSeconds, key),
    organization: null,
    project: null,
  });
}
