import { vectorFromArray } from "apache-arrow";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/trajectories/canonical.ts";
import { arrowTable } from "../../src/trajectories/arrowRows.ts";
import { schemaOf } from "../../src/trajectories/tables/columns.ts";

const schema = schemaOf({
  text: "text",
  maybe: "text?",
  whole: "integer",
  number: "number",
  flag: "flag",
  integers: "integers",
  texts: "texts",
});

const row = fc.record({
  text: fc.string({ unit: "binary" }),
  maybe: fc.option(fc.string()),
  whole: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  number: fc.double({ noNaN: true }),
  flag: fc.boolean(),
  integers: fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  texts: fc.array(fc.string({ unit: "binary" })),
});

describe("rows as an Arrow table", () => {
  test("hold what Arrow's own builders would hold", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
        const table = arrowTable(schema, rows);
        for (const { name, type } of schema.fields) {
          const built = vectorFromArray(
            rows.map((cells): unknown => cells[name as keyof typeof cells]),
            type,
          );
          expect(JSON.stringify([...(table.getChild(name) ?? [])])).toBe(JSON.stringify([...built]));
        }
      }),
    );
  });
});

describe("canonical JSON", () => {
  test("is the same for equal content in any order of keys, and reads back as it was", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value))).toBe(text);
      }),
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, part]) => [key, reversed(part)]),
  );
}
