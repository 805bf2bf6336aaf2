import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { worldExtractor } from "../../src/world/extractor.ts";
import { sentence } from "../../src/world/questions.ts";
import { relations } from "../../src/world/vocabulary.ts";

const name = fc.stringMatching(/^[b-z]{4,9}ox$/);
const triple = fc.record({
  head: name,
  relation: fc.constantFrom(...relations),
  tail: name,
  retrieved: fc.constant(null),
});

describe("the extractor of the world's language", () => {
  it("reads back the sentences it would write, whatever the whitespace", () => {
    fc.assert(
      fc.property(fc.array(triple), fc.constantFrom(" ", "\n", "  \t"), (triples, blank) => {
        expect(worldExtractor.extract(triples.map(sentence).join(" ").replaceAll(" ", blank))).toEqual(triples);
      }),
    );
  });

  it("reads several statements about one head, as passages make them", () => {
    expect(worldExtractor.extract("m first a second b")).toEqual([
      { head: "m", relation: "first", tail: "a", retrieved: null },
      { head: "m", relation: "second", tail: "b", retrieved: null },
    ]);
  });

  it.each(["", ".", "m first", "m first a second", "first m a", "m a first", "m first second", "m first a b c"])(
    "finds nothing in %j",
    (text) => {
      expect(worldExtractor.extract(text)).toEqual([]);
    },
  );

  it("skips a broken sentence and reads the next", () => {
    expect(worldExtractor.extract("d d mechanism . m first a .")).toEqual([
      { head: "m", relation: "first", tail: "a", retrieved: null },
    ]);
  });
});
