import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

import { workFolder } from "../../src/corpus/indexPlan.ts";
import { readManifest } from "../../src/corpus/manifest.ts";
import { indexInto } from "./indexInto.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

const root = temporaryFolder();

async function fileOf(kind: string): Promise<string> {
  const file = join(root, `${kind}.jsonl`);
  const rows = Array.from({ length: 30 }, (_, index) => ({
    id: `${kind}${index}`,
    title: "T",
    content: `Finding ${index} of ${kind}.`,
  }));
  await writeFile(file, rows.map((row) => JSON.stringify(row)).join("\n"));
  return file;
}

test("two that index other files into one corpus at once leave the passages of one, and the other is told", async () => {
  const corpus = join(root, "both");
  const endings = await Promise.allSettled([
    indexInto(corpus, await fileOf("one")),
    indexInto(corpus, await fileOf("two")),
  ]);
  expect(endings.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(endings.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { message: expect.stringContaining("30 of the 30 passages") as unknown },
  });
  expect(await readManifest(corpus)).toMatchObject({ passages: 30 });
  expect(await readdir(corpus)).not.toContain(".writing.lock");
});

test("what a killed process left keeps nobody out", async () => {
  const corpus = join(root, "left");
  await mkdir(corpus);
  await writeFile(join(corpus, ".writing.lock"), JSON.stringify({ host: hostname(), pid: 2 ** 22 + 1, began: "1" }));
  expect(await indexInto(corpus, await fileOf("one"))).toMatchObject({ passages: 30 });
});

test("indexing by workflow is the same by whichever link a corpus is named", async () => {
  await mkdir(join(root, "real"));
  await symlink(join(root, "real"), join(root, "link"));
  expect(workFolder(root, join(root, "link", "corpus"))).toBe(workFolder(root, join(root, "real", "corpus")));
  expect(workFolder(root, "s3://books/a")).not.toBe(workFolder(root, "s3://books/b"));
});
