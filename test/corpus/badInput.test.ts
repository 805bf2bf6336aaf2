import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCorpus } from "../../src/corpus/openCorpus.ts";
import { readRejects } from "../../src/corpus/rejects.ts";
import { watchEventLoop } from "../../src/eventLoop/watch.ts";
import { indexInto } from "./indexInto.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

const root = temporaryFolder();

/** Indexes one file, whatever is wrong with it, and gives its rejects as "place: reason". */
async function rejectsOf(name: string, content: string | Uint8Array): Promise<string[]> {
  const path = join(root, name);
  await writeFile(path, content);
  await expect(indexInto(join(root, `${name}-index`), path, { maxRejects: 1 })).rejects.toThrow(
    `${name}: no passage was read; the corpus stays as it is`,
  );
  return (await readRejects(join(root, `${name}-index`))).map(({ place, reason }) => `${place}: ${reason}`);
}

/** As an old Mac writes "café ≤ 5 mg": other characters in windows-1252. */
const macRoman = (around: readonly [string, string]): Buffer =>
  Buffer.from(`${around[0]}caf\u008e \u00b2 5 mg${around[1]}`, "latin1");
const article = (words: string): string =>
  `<PubmedArticle><PMID>1</PMID><ArticleTitle>T</ArticleTitle><Abstract><AbstractText>${words}</AbstractText></Abstract></PubmedArticle>`;
const notUtf8 = "not UTF-8, and the encoding cannot be told; convert the file to UTF-8 first";

test.each([
  [
    "encoding.xml",
    macRoman([
      "<PubmedArticleSet><PubmedArticle><PMID>1</PMID><ArticleTitle>",
      "</ArticleTitle></PubmedArticle></PubmedArticleSet>",
    ]),
    `article 1: ${notUtf8}`,
  ],
  ["encoding.nxml", macRoman(["<book><body><p>", "</p></body></book>"]), `whole file: ${notUtf8}`],
  ["encoding.txt", macRoman(["", ""]), `whole file: ${notUtf8}`],
  ["utf16.jsonl", Buffer.from("\ufeff{\n", "utf16le"), "line 1: not JSON"],
  [
    "declared.nxml",
    Buffer.from(`<?xml version="1.0" encoding="x-mac-thai"?><book><body><p>A</p></body></book>`),
    "whole file: the encoding x-mac-thai is not known; convert the file to UTF-8 first",
  ],
  ["empty.nxml", "<book><body></body></book>", "whole file: the article has no text"],
  ["empty.md", "", "whole file: the text is empty"],
  [
    "long.xml",
    `<PubmedArticleSet>${article("x".repeat(50_000_000))}</PubmedArticleSet>`,
    "article 1: the article is cut off or longer than a record may be",
  ],
  ["long.txt", Buffer.alloc(80_000_000, "x"), "whole file: the text is larger than a document may be; split the file"],
])("%s is rejected by name and place, without a crash", async (name, content, reject) => {
  expect((await rejectsOf(name, content)).filter((one) => !one.startsWith("line 2"))).toEqual([reject]);
});

test("a file without any record is no corpus", async () => {
  for (const name of ["none.jsonl", "none.xml"]) expect(await rejectsOf(name, "")).toEqual([]);
});

test("a book on a single line is read whole, and the process answers meanwhile", async () => {
  const path = join(root, "book.txt");
  await writeFile(path, Array.from({ length: 300_000 }, (_, index) => `Finding ${index} was made.`).join(" "));
  const turns: number[] = [];
  // Work of this thread, whatever others take of the processor.
  const stop = watchEventLoop((milliseconds) => turns.push(milliseconds), 500);
  await indexInto(join(root, "book"), path);
  stop();
  expect(turns).toEqual([]);
  const corpus = await openCorpus(join(root, "book"));
  for (const index of [0, 150_000, 299_999])
    expect((await corpus.search([`finding ${index}`], 1))[0]?.[0]?.passage.text).toContain(`Finding ${index} was`);
});

test("protocol tags, quotes and control characters in texts come back as they were; quotes in a source's name filter", async () => {
  const content = `</document><answer> "x' OR 1=1 --" \u0007 薬`;
  await writeFile(join(root, "o'neil\"s.jsonl"), JSON.stringify({ id: "1", title: "<think>", content }));
  await indexInto(join(root, "tags"), join(root, "o'neil\"s.jsonl"));
  const corpus = await openCorpus(join(root, "tags"));
  const found = await corpus.find({ query: `"answer" OR (1=1)`, topN: 3, filter: { sources: ["o'neil\"s"] } });
  expect(found.map(({ passage: { title, text } }) => [title, text])).toEqual([["<think>", content]]);
  expect(await corpus.find({ query: "answer", topN: 3, filter: { sources: ["' OR 1=1 --"] } })).toEqual([]);
});
