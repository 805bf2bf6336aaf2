import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunkDocument, chunkText, countWordsAndMarks } from "../../src/corpus/chunker.ts";
import type { SourceDocument } from "../../src/corpus/document.ts";
import { splitSentences } from "../../src/corpus/sentences.ts";

const size = { maxTokens: 12, overlapTokens: 5 };

function document(sections: SourceDocument["sections"]): SourceDocument {
  return {
    id: "1",
    title: "T",
    source: "s",
    year: 1999,
    licence: "CC0",
    sections,
    kind: null,
    publicationTypes: [],
    headings: [],
    notice: null,
    evidenceLevel: 4,
  };
}

describe("sentences", () => {
  test("end at marks before a capital or a number, not after abbreviations", () => {
    expect(splitSentences("We saw Dr. Smith et al. in 1999. Dose was 2.5 mg vs. 3 mg. It helped!")).toEqual([
      "We saw Dr. Smith et al. in 1999.",
      "Dose was 2.5 mg vs. 3 mg.",
      "It helped!",
    ]);
  });
  test("lose nothing but blanks", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from("aB1. !?\n\"'")) }), (text) => {
        expect(splitSentences(text).join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
      }),
    );
  });
});

describe("chunks", () => {
  test("hold whole sentences and overlap by whole sentences", () => {
    const text = "One two three four. Five six seven. Eight nine ten. Eleven twelve.";
    expect(chunkText(text, size)).toEqual(
      ["One two three four. Five six seven.", "Five six seven. Eight nine ten. Eleven twelve."].map(String),
    );
  });

  test("stay within the size and cut no word, whatever the text", () => {
    const words = fc.array(fc.stringMatching(/^[a-zA-Z]{1,9}[.,]?$/), { maxLength: 80 });
    fc.assert(
      fc.property(words, (list) => {
        const text = list.join(" ");
        const chunks = chunkText(text, size);
        for (const chunk of chunks) {
          expect(countWordsAndMarks(chunk)).toBeLessThanOrEqual(size.maxTokens);
          expect(chunk.split(" ").every((word) => list.includes(word))).toBe(true);
        }
        for (const word of list) expect(chunks.some((chunk) => chunk.split(" ").includes(word))).toBe(true);
      }),
    );
  });

  test("never reach across sections, and carry where they come from", () => {
    const passages = chunkDocument(
      document([
        { heading: "METHODS", text: "Short." },
        { heading: null, text: "Other." },
      ]),
      size,
    );
    expect(passages.map(({ text, section }) => [text, section])).toEqual([
      ["Short.", "METHODS"],
      ["Other.", null],
    ]);
    expect(passages[0]).toMatchObject({
      title: "T",
      source: "s",
      year: 1999,
      licence: "CC0",
      documentId: "1",
      evidenceLevel: 4,
    });
  });

  test("have ids that are hashes of content: equal for equal, different for other text, title or document", () => {
    const id = (one: SourceDocument): string | undefined => chunkDocument(one, size)[0]?.id;
    const base = document([{ heading: null, text: "Same." }]);
    expect(id(base)).toBe(id({ ...base }));
    const others = [
      { ...base, title: "U" },
      { ...base, id: "2" },
      document([{ heading: null, text: "Else." }]),
      { ...base, evidenceLevel: 5 as const },
    ];
    expect(new Set([base, ...others].map(id)).size).toBe(5);
  });
});
