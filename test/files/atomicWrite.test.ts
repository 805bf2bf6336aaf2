import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { replaceAtomically, writeAtomically, writePiecesAtomically } from "../../src/files/atomicWrite.ts";

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), "med-r3-files-"));

test("any number of attempts of one process write a file at once, and each reader sees a whole one", async () => {
  const path = join(await folder(), "file");
  const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(50_000));
  await Promise.all(texts.map((text) => writeAtomically(path, text)));
  expect(texts).toContain(await readFile(path, "utf8"));
  expect(await readdir(join(path, ".."))).toEqual(["file"]);
});

test("what could not be written leaves the old file and nothing else", async () => {
  const path = join(await folder(), "file");
  await writeAtomically(path, "old");
  await expect(
    replaceAtomically(path, async (unfinished) => {
      await writeFile(unfinished, "half");
      throw new Error("no more");
    }),
  ).rejects.toThrow("no more");
  expect([await readFile(path, "utf8"), await readdir(join(path, ".."))]).toEqual(["old", ["file"]]);
});

test("pieces of text become one file", async () => {
  const path = join(await folder(), "file");
  await writePiecesAtomically(
    path,
    (function* () {
      for (let i = 0; i < 1000; i++) yield `${i}\n`;
    })(),
  );
  expect((await readFile(path, "utf8")).split("\n")).toHaveLength(1001);
});
