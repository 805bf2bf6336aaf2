import { z } from "zod";

/** A whole number, or a text that is one. */
export const WholeNumber = z.union(
  [
    z.number().int(),
    z
      .string()
      .regex(/^\s*-?\d+(?:\.0+)?\s*$/)
      .transform(Number),
  ],
  { error: "expected a whole number" },
);

/**
 * A value as JSON has it, from what parquet and pandas make of one: nulls and NaN are absent fields, 64-bit integers are
 * numbers where these are exact and texts elsewhere. Lists keep their places: a null there stays.
 */
export function plainValue(value: unknown): unknown {
  return isPlain(value) ? value : plainCopy(value);
}

/** Most values are plain as they are, and need no copy. */
function isPlain(value: unknown): boolean {
  if (typeof value === "bigint" || value === null || value === undefined || Number.isNaN(value)) return false;
  if (Array.isArray(value)) return value.every((item) => item === null || isPlain(item));
  if (typeof value !== "object" || value.constructor !== Object) return true;
  for (const name in value) if (!isPlain((value as Readonly<Record<string, unknown>>)[name])) return false;
  return true;
}

function plainCopy(value: unknown): unknown {
  if (typeof value === "bigint") return BigInt.asIntN(53, value) === value ? Number(value) : value.toString();
  if (typeof value === "number") return Number.isNaN(value) ? undefined : value;
  if (Array.isArray(value)) return value.map((item) => plainValue(item) ?? null);
  if (typeof value !== "object" || value === null || value.constructor !== Object) return value ?? undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
      const plain = plainValue(inner);
      return plain === undefined ? [] : [[name, plain]];
    }),
  );
}
