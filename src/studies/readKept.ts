import type { z } from "zod";
import { ConfigurationError } from "../configuration/configurationError.ts";
import { messageOf } from "../domain/messageOf.ts";
import { describeWrongFields } from "../domain/wrongFields.ts";
import { readGivenText } from "./givenText.ts";

/** A file of JSON that a study or a review keeps, and `what` it is. Throws ConfigurationError that names the file where it is not there, no JSON, or of another shape. */
export async function readKept<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  what: string,
): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(parseKept(await readGivenText(file), file, what));
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(`${file} is no ${what}: ${describeWrongFields(parsed.error)}`);
}

function parseKept(text: string, file: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ConfigurationError(`${file} is no ${what}: it is no JSON (${messageOf(error)})`);
  }
}
