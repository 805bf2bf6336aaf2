import { z } from "zod";

/** What strict structured outputs of all services take; the rest is checked when a reply is read. */
const knownKeywords = new Set([
  "type",
  "enum",
  "anyOf",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "description",
]);

/** The JSON schema that services are told, without the keywords that some of them refuse (lengths, ranges, patterns). */
export function strictSchema(schema: z.ZodType): Record<string, unknown> {
  return simplify(z.toJSONSchema(schema)) as Record<string, unknown>;
}

function simplify(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(simplify);
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).flatMap(([keyword, value]): [string, unknown][] => {
      if (keyword === "const") return [["enum", [value]]];
      if (keyword === "properties")
        return [
          [keyword, Object.fromEntries(Object.entries(value as object).map(([name, of]) => [name, simplify(of)]))],
        ];
      return knownKeywords.has(keyword) ? [[keyword, simplify(value)]] : [];
    }),
  );
}
