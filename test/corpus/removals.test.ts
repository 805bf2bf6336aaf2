import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { FileIndexControl } from "../../src/corpus/indexFiles.ts";
import { readManifest } from "../../src/corpus/manifest.ts";
import { corpusFiles, describePassedOver, findCorpusFiles } from "../../src/corpus/readers/read.ts";
import { indexInto } from "./indexInto.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

const root = temporaryFolder();
const records = (from: number, to: number, words = "was made"): string =>
  Array.from(
    { length: to - from },
    (_, index) => `${JSON.stringify({ id: from + index, title: "T", content: `Finding ${from + index} ${words}.` })}\n`,
  ).join("");

async function write(name: string, content: string): Promise<string> {
  await mkdir(join(root, name, ".."), { recursive: true });
  await writeFile(join(root, name), content);
  return join(root, name);
}

/** A corpus of 100 records, and the same file with another content. */
async function changed(name: string, content: string, control: FileIndexControl = {}): Promise<unknown> {
  const corpus = join(root, `${name}-corpus`);
  const file = await write(`${name}.jsonl`, records(0, 100));
  await indexInto(corpus, file);
  await writeFile(file, content);
  try {
    const { added, removed } = await indexInto(corpus, file, {}, control);
    return { added, removed };
  } catch (error) {
    const left = (await readManifest(corpus))?.passages;
    return `${error instanceof Error ? error.message : String(error)}; ${left} left`;
  }
}

describe("a corpus is not emptied by accident", () => {
  test.each([
    ["a folder's file without records", ""],
    ["blank lines", "\r\n\r\n"],
  ])("%s", async (name, content) => {
    expect(await changed(`none-${name}`, content)).toMatch(/no passage was read; the corpus stays as it is; 100 left$/);
  });

  test("XML that no reader knows is a reject by name, never an empty corpus", async () => {
    const file = await write(
      "foreign/a.xml",
      `<?xml version="1.0"?><!-- <article> --><TEI xmlns="x"><text><p>Words.</p></text></TEI>`,
    );
    await expect(indexInto(join(root, "foreign-corpus"), file)).rejects.toThrow(
      /1 of 1 records could not be read.*<TEI> is no article or chapter that is read here/,
    );
  });

  test("more than a tenth and more than five passages, or more than half of them, need to be allowed", async () => {
    expect(await changed("few", records(0, 90))).toEqual({ added: 0, removed: 10 });
    expect(await changed("many", records(0, 89))).toMatch(
      /^11 of the 100 passages in .* would be removed.*--allow-removals, or "allowRemovals": true.*; 100 left$/,
    );
    expect(await changed("allowed", records(0, 70), { onRemovals: () => undefined })).toEqual({
      added: 0,
      removed: 30,
    });
    expect(await changed("others", records(200, 300))).toMatch(/^100 of the 100 passages.*; 100 left$/);
  });

  test("a document that was written anew is not removed", async () => {
    expect(await changed("anew", records(0, 100, "was corrected"))).toEqual({ added: 100, removed: 100 });
  });

  test("a small corpus of other documents, and one of another embedding model, too", async () => {
    const corpus = join(root, "small-corpus");
    await indexInto(corpus, await write("small/a.md", "# One\nWords."));
    await expect(indexInto(corpus, await write("small/b.md", "# Two\nMore."))).rejects.toThrow("1 of the 1 passages");
    const three = join(root, "three-corpus");
    await indexInto(three, await write("three.jsonl", records(0, 3)));
    await expect(indexInto(three, await write("three.jsonl", records(0, 1)))).rejects.toThrow("2 of the 3 passages");
    const embedder = {
      name: "fixed",
      dimensions: 2,
      embed: (texts: readonly string[]) => Promise.resolve(texts.map(() => Float32Array.of(1, 0))),
    };
    await expect(indexInto(corpus, join(root, "small", "b.md"), {}, { embedder })).rejects.toThrow(
      "1 of the 1 passages",
    );
    expect(await indexInto(corpus, join(root, "small", "a.md"), {}, { embedder })).toMatchObject({ passages: 1 });
  });

  test("of several shards as well, with the request's own field", async () => {
    const [corpus, files] = [join(root, "sharded-corpus"), join(root, "sharded")];
    const index = (more: object = {}): Promise<{ readonly removed: number }> =>
      indexInto(corpus, files, { shardMegabytes: 1e-6, ...more });
    await write("sharded/a.jsonl", records(0, 50));
    await write("sharded/b.jsonl", records(50, 100));
    await index();
    await rm(join(files, "b.jsonl"));
    await expect(index()).rejects.toThrow("50 of the 100 passages");
    expect(await readManifest(corpus)).toMatchObject({ passages: 100 });
    expect(await index({ allowRemovals: true })).toMatchObject({ removed: 50 });
    await write("sharded/a.jsonl", "");
    await expect(index({ allowRemovals: true })).rejects.toThrow("no passage was read");
  });
});

test("what editors, notebooks and macOS leave behind, and what describes the data, is no part of a corpus", async () => {
  for (const name of [
    "a.jsonl",
    "deep/b.md",
    "README.md",
    "readme_zh.md",
    "LICENSE.txt",
    "deep/Readme.txt",
    ".hidden.md",
    "._a.jsonl",
    ".ipynb_checkpoints/a-checkpoint.jsonl",
    "__MACOSX/a.jsonl",
    ".git/x.txt",
    "readmes.md",
  ]) {
    await write(`stray/${name}`, "x");
  }
  const folder = join(root, "stray");
  expect((await corpusFiles(folder)).map((path) => path.slice(folder.length + 1))).toEqual([
    "a.jsonl",
    "deep/b.md",
    "readmes.md",
  ]);
  expect(await corpusFiles(join(folder, "README.md"))).toEqual([join(folder, "README.md")]);
});

test("files that no reader knows are told, by the ends of their names", async () => {
  for (const name of ["a.ndjson", "b.csv", "deep/c.CSV", "d.pdf", "e", ".f.pdf"]) await write(`mixed/${name}`, "x");
  const found = await findCorpusFiles(join(root, "mixed"));
  expect(found.files).toEqual([join(root, "mixed", "a.ndjson")]);
  expect(describePassedOver(found)).toBe(
    "4 files of the corpus were passed over, since no reader knows the endings: .csv (2), .pdf (1), no ending (1)",
  );
  await rm(join(root, "mixed"), { recursive: true });
  await write("mixed/a.md", "x");
  expect(describePassedOver(await findCorpusFiles(join(root, "mixed")))).toBeNull();
});
