import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readRawRows } from "../../src/benchmarks/rows.ts";
import { corpusFiles } from "../../src/corpus/readers/read.ts";
import { readTextFile } from "../../src/files/jsonFile.ts";
import { filesBelow } from "../../src/files/walk.ts";
import { loadTokenizer } from "../../src/policy/tokenizer.ts";
import { SafetensorsFile } from "../../src/onnx/safetensors.ts";

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "med-r3-walk-")));
});
afterEach(() => rm(folder, { recursive: true }));

const all = async (): Promise<string[]> =>
  (await filesBelow(folder, () => true)).map((file) => relative(folder, file)).toSorted();

describe("the files below a folder", () => {
  it("are told once, also where a link leads to a folder above, or two links to one folder", async () => {
    await mkdir(join(folder, "a", "b"), { recursive: true });
    await writeFile(join(folder, "a", "b", "1.txt"), "1");
    await symlink(folder, join(folder, "a", "b", "up"));
    await symlink(join(folder, "a", "b"), join(folder, "c"));
    expect(await all()).toEqual(["a/b/1.txt"]);
  });

  it("include those that a link to a folder elsewhere leads to", async () => {
    await mkdir(join(folder, "here"));
    await mkdir(join(folder, "there"));
    await writeFile(join(folder, "there", "1.txt"), "1");
    await symlink(join(folder, "there"), join(folder, "here", "more"));
    expect(await filesBelow(join(folder, "here"), () => true)).toEqual([join(folder, "here", "more", "1.txt")]);
  });

  it("leave out folders that are named like files", async () => {
    await mkdir(join(folder, "part.parquet"));
    await writeFile(join(folder, "part.parquet", "1.txt"), "1");
    expect(await all()).toEqual(["part.parquet/1.txt"]);
  });

  it("are refused where one is a link that leads nowhere", async () => {
    await symlink(join(folder, "gone"), join(folder, "1.txt"));
    await expect(all()).rejects.toThrow(`${join(folder, "1.txt")} is a link that leads nowhere`);
  });
});

/** Reading one would wait for a writer that never comes, or never end. */
describe("what is neither a file nor a folder", () => {
  const kinds: readonly (readonly [string, () => Promise<string>])[] = [
    [
      "FIFO",
      async () => {
        spawnSync("mkfifo", [join(folder, "rows.jsonl")]);
        return join(folder, "rows.jsonl");
      },
    ],
    [
      "FIFO",
      async () => {
        spawnSync("mkfifo", [join(folder, "pipe")]);
        await symlink(join(folder, "pipe"), join(folder, "rows.jsonl"));
        return join(folder, "rows.jsonl");
      },
    ],
    ["device", async () => "/dev/zero"],
  ];

  it.each(kinds)("is refused by its name and kind: a %s", async (kind, make) => {
    const path = await make();
    const refusal = `${path} is a ${kind}`;
    await expect(readRawRows(path)).rejects.toThrow(refusal);
    await expect(corpusFiles(path)).rejects.toThrow(refusal);
    await expect(readTextFile(path)).rejects.toThrow(refusal);
    await expect(SafetensorsFile.open(path)).rejects.toThrow(refusal);
  });

  it("is refused in a folder of rows or of a corpus, and among a model's files", async () => {
    for (const name of ["1.jsonl", "tokenizer.json"]) spawnSync("mkfifo", [join(folder, name)]);
    await expect(corpusFiles(folder)).rejects.toThrow(`${join(folder, "1.jsonl")} is a FIFO`);
    await expect(loadTokenizer(folder)).rejects.toThrow(`${join(folder, "tokenizer.json")} is a FIFO`);
  });

  it("is left alone where nobody would read it, as sockets of tools in hidden folders", async () => {
    await mkdir(join(folder, ".git"));
    const server = createServer().listen(join(folder, ".git", "monitor.jsonl"));
    await new Promise((resolve) => server.once("listening", resolve));
    await writeFile(join(folder, "1.jsonl"), "{}");
    expect(await corpusFiles(folder)).toEqual([join(folder, "1.jsonl")]);
    await new Promise((resolve) => server.close(resolve));
  });
});
