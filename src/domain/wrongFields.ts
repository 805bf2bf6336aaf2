import type { z } from "zod";
import { didYouMean } from "./nearest.mjs";

/** What a schema refused, each by its field ("input" for the whole); `within` is the field that holds the input. */
export function describeWrongFields(error: z.ZodError, within: readonly string[] = []): string {
  return error.issues.map(({ path, message }) => `${[...within, ...path].join(".") || "input"}: ${message}`).join("; ");
}

/** For `safeParse` at a border: an unknown field or choice is told with those that are known, and the nearest of them. */
export const namingKnown: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = fieldsOf(issue.inst);
      return issue.keys
        .map(
          (key) =>
            `no such field ${JSON.stringify(key)}; known are ${known.join(", ") || "none"}${didYouMean(key, known)}`,
        )
        .join("; ");
    }
    case "invalid_value":
      return choice(issue.input, issue.values);
    case "invalid_union":
      return "options" in issue && Array.isArray(issue.options)
        ? choice(discriminatorOf(issue), issue.options)
        : undefined;
    default:
      return undefined;
  }
};

/** Names of the fields of an object's schema; none of another one's. */
export function fieldsOf(schema: unknown): string[] {
  return Object.keys(shapeOf(schema) ?? {});
}

/** The fields of an object's schema, whether the object may be left out or not; undefined for another schema. */
export function shapeOf(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  const definition = (schema as z.core.$ZodType | undefined)?._zod.def as
    | { readonly innerType?: unknown; readonly shape?: Readonly<Record<string, unknown>> }
    | undefined;
  return definition?.innerType === undefined ? definition?.shape : shapeOf(definition.innerType);
}

function discriminatorOf({
  input,
  discriminator,
}: {
  readonly input?: unknown;
  readonly discriminator?: unknown;
}): unknown {
  return typeof input === "object" && input !== null && typeof discriminator === "string"
    ? (input as Record<string, unknown>)[discriminator]
    : undefined;
}

function choice(given: unknown, choices: readonly unknown[]): string {
  const known = choices.map(String);
  const got = given === undefined ? "" : `, got ${JSON.stringify(given)}`;
  return `expected ${known.length === 1 ? "" : "one of "}${known.join(", ")}${got}${typeof given === "string" ? didYouMean(given, known) : ""}`;
}
