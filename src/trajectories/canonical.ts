import { createHash } from "node:crypto";

/** JSON with sorted keys, so that equal content gives equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(withSortedKeys(value));
}

/** A copy to be written natively: asking a replacer for each part takes several times as long. */
function withSortedKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null || "toJSON" in value) return value;
  if (Array.isArray(value)) return value.map(withSortedKeys);
  const parts = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.keys(parts)
      .toSorted()
      .map((key) => [key, withSortedKeys(parts[key])]),
  );
}

/** SHA-256 (hex) of a value's canonical JSON. */
export function hashOf(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
