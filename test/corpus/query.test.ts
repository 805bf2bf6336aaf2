import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseQuery } from "../../src/corpus/query.ts";
import { englishCorpus, vocabularyCorpus } from "../../src/tasks/medical/medicalCorpus.ts";

describe("a query of a vocabulary corpus", () => {
  test("asks for a band of evidence by a bare word, which is not matched", () => {
    expect(parseQuery("foo High mechanism", vocabularyCorpus)).toEqual({ text: "foo mechanism", band: "high" });
    expect(parseQuery("low", vocabularyCorpus)).toEqual({ text: "", band: "low" });
  });
  test("takes the last band named", () => {
    expect(parseQuery("high foo low", vocabularyCorpus)).toEqual({ text: "foo", band: "low" });
  });
});

describe("a query of an English corpus", () => {
  test("keeps ordinary words and asks for a band by a prefix", () => {
    expect(parseQuery("high blood pressure", englishCorpus)).toEqual({ text: "high blood pressure", band: null });
    expect(parseQuery("evidence:high blood pressure", englishCorpus)).toEqual({ text: "blood pressure", band: "high" });
    expect(parseQuery("evidence:none x", englishCorpus)).toEqual({ text: "evidence:none x", band: null });
  });
});

test("any text is a query; names of object properties are ordinary words", () => {
  expect(parseQuery("constructor toString", vocabularyCorpus)).toEqual({ text: "constructor toString", band: null });
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.constantFrom(vocabularyCorpus, englishCorpus),
      (text, words) => {
        const parsed = parseQuery(text, words);
        expect(parsed.text.length).toBeLessThanOrEqual(4000);
        expect(parsed.text).toBe(parsed.text.trim());
      },
    ),
  );
});

test("a query of 100,000 characters is cut at a word", () => {
  const parsed = parseQuery("word ".repeat(20_000), englishCorpus);
  expect(parsed.text.split(" ").every((word) => word === "word")).toBe(true);
});
