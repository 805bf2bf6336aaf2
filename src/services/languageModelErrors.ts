import { APIConnectionError, APIError } from "openai";

/** A request that no retry helps: wrong key, unknown model, refused parameters. */
export class LanguageModelRefusedError extends Error {
  override readonly name = "LanguageModelRefusedError";
}

/** The service cannot be reached, or answers with something else than replies, after all retries. */
export class LanguageModelUnavailableError extends Error {
  override readonly name = "LanguageModelUnavailableError";
}

/** An answer that is none of the API that was asked: a page, a stream, a passing error inside a status 200. Asking again may help. */
export class NotACompletionError extends LanguageModelUnavailableError {}

/** Refusals that concern one prompt, not the service: it counts as unusable, and the others go on. */
const promptCodes: ReadonlySet<unknown> = new Set([
  "context_length_exceeded",
  "string_above_max_length",
  "content_filter",
  "content_policy_violation",
]);

/** Why a service refuses this prompt alone; null where an error says more than that. */
export function refusedPrompt(error: unknown): string | null {
  return error instanceof APIError && error.status !== undefined && error.status < 500 && promptCodes.has(error.code)
    ? oneLine(error.message)
    : null;
}

/** Sorts errors into those that a retry may help and those that it cannot, with the service's own reason. `what` was asked, for the message. */
export function explainError(error: unknown, what = "the language model"): never {
  if (error instanceof APIConnectionError)
    throw new LanguageModelUnavailableError(`${what} cannot be reached: ${error.message}`, { cause: error });
  if (!(error instanceof APIError)) throw error;
  throw refusal(error.status, error.message, error, what);
}

/** The error of a status; without one, or for a status that passes, it is one that a retry may help. `message` begins with the status where there is one. */
export function refusal(
  status: number | undefined,
  message: string,
  cause?: unknown,
  what = "the language model",
): LanguageModelRefusedError | LanguageModelUnavailableError {
  const passing =
    status === undefined || status === 408 || status === 409 || status === 425 || status === 429 || status >= 500;
  const said = `answered with status ${oneLine(message)}`;
  return passing
    ? new LanguageModelUnavailableError(`${what} is unavailable: it ${said}`, { cause })
    : new LanguageModelRefusedError(`${what} refuses: it ${said}`, { cause });
}

const longestReason = 500;

/** A service's words for a message of ours: one line of printable characters, not too long. */
export function oneLine(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, " ").trim();
  return line.length > longestReason ? `${line.slice(0, longestReason)} …` : line;
}
