import { messageOf } from "../domain/messageOf.ts";

/**
 * A function of a part threw, or gave what cannot be used; the message says whose it was. No retry helps: the run is held until
 * the part is mended. Its name stands among the failures that are never retried (temporal.config.ts).
 */
export class PartFaultError extends Error {
  override readonly name = "PartFaultError";
}

/** Calls a function of a part, `algorithm "mine"` for example. Throws PartFaultError where it throws. */
export function askPart<T>(part: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw new PartFaultError(`${part} threw: ${messageOf(error)}`, { cause: error });
  }
}
