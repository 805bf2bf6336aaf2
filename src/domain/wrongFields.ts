import type { z } from "zod";

/** What a schema refused, each by its field ("input" for the whole); `within` is the field that holds the input. */
export function describeWrongFields(error: z.ZodError, within: readonly string[] = []): string {
  return error.issues.map(({ path, message }) => `${[...within, ...path].join(".") || "input"}: ${message}`).join("; ");
}
