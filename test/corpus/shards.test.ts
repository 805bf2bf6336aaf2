import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { connect } from "@lancedb/lancedb";
import { beforeAll, describe, expect, test } from "vitest";
import { readRejects } from "../../src/corpus/rejects.ts";
import { indexShards, prepareShard } from "../../src/corpus/shards.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

const root = temporaryFolder();
const files = [join(root, "one.jsonl"), join(root, "two.jsonl")];

beforeAll(() => {
  for (const [part, file] of files.entries()) {
    const lines = Array.from({ length: 12_000 }, (_, index) => JSON.stringify({ id: `${part}-${index}`, title: "T", content: `Finding ${part * 7919 + index} was made.` }));
    writeFileSync(file, `${lines.join("\n")}\n{\n`);
  }
});

async function storedIds(folder: string): Promise<string[]> {
  const rows: unknown[] = await (await (await connect(folder)).openTable("passages")).query().select(["id"]).toArray();
  return rows.map((row) => String((row as { id: unknown }).id)).toSorted();
}

/** Runs the indexing in a process of its own and kills it after a number of its messages. */
async function killedAfter(folder: string, messages: number): Promise<void> {
  const script = fileURLToPath(new URL("indexInProcess.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, folder, ...files], { stdio: ["ignore", "pipe", "ignore"] });
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    seen += 1;
    expect(line).not.toBe("done");
    if (seen === messages) child.kill("SIGKILL");
    if (seen === messages) break;
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

async function indexAll(folder: string): Promise<Awaited<ReturnType<typeof indexShards>>> {
  return indexShards(folder, await Promise.all(files.map((file) => prepareShard(folder, file))));
}

describe("indexing by shards", () => {
  test("after kill -9, in preparation or between commits, holds what an undisturbed run holds", async () => {
    const undisturbed = await indexAll(join(root, "undisturbed"));
    expect(undisturbed).toMatchObject({ passages: 24_000, rejects: 2 });
    const expected = await storedIds(join(root, "undisturbed"));
    for (const messages of [1, 4]) {
      const folder = join(root, `killed-${messages}`);
      await killedAfter(folder, messages);
      const { fingerprint, passages } = await indexAll(folder);
      expect({ fingerprint, passages }).toEqual({ fingerprint: undisturbed.fingerprint, passages: 24_000 });
      expect(await storedIds(folder)).toEqual(expected);
      expect(await readRejects(folder)).toHaveLength(2);
    }
  });

  test("a prepared file is found again; a changed one is prepared anew", async () => {
    const [folder, file] = [join(root, "again"), join(root, "small.jsonl")];
    writeFileSync(file, `{"id":"1","title":"T","content":"One."}\n`);
    const first = await prepareShard(folder, file);
    expect(await prepareShard(folder, file)).toEqual(first);
    writeFileSync(file, `{"id":"1","title":"T","content":"One."}\n{"id":"2","title":"T","content":"Two."}\n`);
    expect(await prepareShard(folder, file)).toMatchObject({ passages: 2 });
  });
});
