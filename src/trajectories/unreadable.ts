import type { z } from "zod";
import { describeWrongFields } from "../domain/wrongFields.ts";

/**
 * What is written is read with the same schema: a row that it refuses would damage the log. Throws RangeError that says what cannot
 * be written, and why.
 */
export function refuseUnreadable(what: string, schema: z.ZodType, value: unknown): void {
  const { error } = schema.safeParse(value);
  if (error !== undefined) throw new RangeError(`${what} cannot be written: ${describeWrongFields(error)}`);
}
