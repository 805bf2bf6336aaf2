import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeText } from "../../src/corpus/readers/encoding.ts";
import { readRecords } from "../../src/corpus/readers/read.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

const root = temporaryFolder();

/** Texts of the first document, or why there is none. */
async function firstText(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(root, name);
  await writeFile(path, bytes);
  for await (const result of readRecords(path))
    return "document" in result
      ? result.document.sections.map(({ text }) => text).join(" ")
      : "reject" in result
        ? result.reject.reason
        : "a deletion";
  return "nothing";
}

const utf16be = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();
const inside = "5 µg ± 2, café, ≥ 3";
const nxml = (declaration: string, text: string): string =>
  `${declaration}<article><body><p>${text}</p></body></article>`;
const pubmed = (declaration: string, text: string): string =>
  `${declaration}<PubmedArticleSet>${"\n".repeat(600)}<PubmedArticle><PMID>1</PMID><ArticleTitle>T</ArticleTitle><Abstract><AbstractText>${text}</AbstractText></Abstract></PubmedArticle></PubmedArticleSet>`;
const record = (text: string): string => `${JSON.stringify({ id: "1", title: "T", content: text })}\r\n`;

describe("a file in UTF-16 is read by its byte order mark or its first character", () => {
  test.each([
    ["a.jsonl", record(inside)],
    ["a.txt", inside],
    ["a.md", inside],
    ["a.nxml", nxml(`<?xml version="1.0" encoding="UTF-16"?>`, inside)],
    ["a.xml", pubmed(`<?xml version="1.0" encoding="UTF-16"?>`, inside)],
  ])("%s", async (name, content) => {
    expect(await firstText(name, Buffer.from(`\ufeff${content}`, "utf16le"))).toBe(inside);
    expect(await firstText(name, utf16be(`\ufeff${content}`))).toBe(inside);
    expect(await firstText(name, Buffer.from(content, "utf16le"))).toBe(inside);
    expect(await firstText(name, Buffer.from(`\ufeff${content}`))).toBe(inside);
  });
});

describe("XML is read in the encoding that it declares", () => {
  const western = "5 µg ± 2, café";
  test.each([
    ["nxml", nxml],
    ["xml", pubmed],
  ])("%s", async (ending, make) => {
    expect(
      await firstText(
        `declared.${ending}`,
        Buffer.from(make(`<?xml version="1.0" encoding='ISO-8859-1'?>`, western), "latin1"),
      ),
    ).toBe(western);
    expect(
      await firstText(
        `windows.${ending}`,
        Buffer.from(make(`<?xml version="1.0" encoding="windows-1252"?>`, "\u0093a\u0094 \u0096 \u0080"), "latin1"),
      ),
    ).toBe("“a” – €");
    expect(
      await firstText(
        `greek.${ending}`,
        Buffer.from(make(`<?xml version="1.0" encoding="iso-8859-7"?>`, "\u00e2-HCG \u00b1 1"), "latin1"),
      ),
    ).toBe("β-HCG ± 1");
    expect(
      await firstText(`left.${ending}`, Buffer.from(make(`<?xml version="1.0" encoding="UTF-16"?>`, inside))),
    ).toBe(inside);
  });
  test("one that its bytes are not in is an error that names both", async () => {
    await expect(
      firstText(
        "wrong.xml",
        Buffer.from(pubmed(`<?xml version="1.0" encoding="shift_jis"?>`, "\u00a0\u00ff\u00fd"), "latin1"),
      ),
    ).rejects.toThrow(/wrong\.xml.*not shift_jis, as the file says/);
  });
});

describe("without a declaration", () => {
  test.each([
    ["a letter with an accent", "café au lait"],
    ["units and signs", "5 µg ± 2 at 37 °C, 3 m², “as is” – £5"],
    ["German", "Ärzte müssen größere Übung haben"],
    ["French", "l'état fébrile où ça dégénère"],
  ])("Western text is windows-1252: %s", (_, text) => {
    expect(decodeText(toWindows1252(text))).toBe(text);
  });
  test.each([
    ["Mac OS Roman", [0x63, 0x61, 0x66, 0x8e]],
    ["a Mac's ≤ in the place of ²", [0x64, 0x6f, 0x73, 0x65, 0x20, 0xb2, 0x35]],
    ["Cyrillic", [0xf1, 0xe5, 0xf0, 0xe4, 0xf6, 0xe5]],
    ["Polish", [0x73, 0x7a, 0x70, 0x69, 0x74, 0x61, 0xb3, 0x61]],
    ["Chinese", [0xd2, 0xa9, 0xce, 0xef, 0x31, 0x30]],
    ["broken UTF-8", [0x61, 0xe2, 0x89, 0x62]],
  ])("other encodings are refused: %s", (_, bytes) => {
    expect(() => decodeText(Uint8Array.from(bytes))).toThrow("the encoding cannot be told");
  });
  test("UTF-8 stays as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(decodeText(Buffer.from(`x${text}`))).toBe(`x${text}`);
      }),
    );
  });
});

function toWindows1252(text: string): Uint8Array {
  const quotes: Readonly<Record<string, number>> = { "“": 0x93, "”": 0x94, "–": 0x96, "’": 0x92 };
  return Uint8Array.from(Array.from(text), (sign) => quotes[sign] ?? sign.charCodeAt(0));
}
