import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { machines } from "../../src/tasks/machines/machines.ts";
import { medicine, medicineExtractor } from "../../src/tasks/world/medicine.ts";
import { relationsOf } from "../../src/world/domain.ts";
import { createExtractor } from "../../src/world/extractor.ts";
import { sentence } from "../../src/world/worldQuestions.ts";

const name = fc.stringMatching(/^[b-z]{4,9}ox$/);
const triple = fc.record({
  head: name,
  relation: fc.constantFrom(...relationsOf(medicine)),
  tail: name,
  retrieved: fc.constant(null),
});

test("each domain has relations of its own", () => {
  expect(createExtractor(machines).extract("c part a substitute b")).toEqual([
    { head: "c", relation: "part", tail: "a", retrieved: null },
    { head: "c", relation: "substitute", tail: "b", retrieved: null },
  ]);
  expect(createExtractor(machines).extract("c first a")).toEqual([]);
  expect(createExtractor(machines).semantics).toEqual({
    functional: ["component", "part", "substitute"],
    opposites: [["recalled", "cleared"]],
  });
});

describe("the extractor of the world's language", () => {
  it("reads back the sentences it would write, whatever the whitespace", () => {
    fc.assert(
      fc.property(fc.array(triple), fc.constantFrom(" ", "\n", "  \t"), (triples, blank) => {
        expect(medicineExtractor.extract(triples.map(sentence).join(" ").replaceAll(" ", blank))).toEqual(triples);
      }),
    );
  });

  it("reads several statements about one head, as passages make them", () => {
    expect(medicineExtractor.extract("m first a second b")).toEqual([
      { head: "m", relation: "first", tail: "a", retrieved: null },
      { head: "m", relation: "second", tail: "b", retrieved: null },
    ]);
  });

  it.each(["", ".", "m first", "m first a second", "first m a", "m a first", "m first second", "m first a b c"])(
    "finds nothing in %j",
    (text) => {
      expect(medicineExtractor.extract(text)).toEqual([]);
    },
  );

  it("skips a broken sentence and reads the next", () => {
    expect(medicineExtractor.extract("d d mechanism . m first a .")).toEqual([
      { head: "m", relation: "first", tail: "a", retrieved: null },
    ]);
  });
});
