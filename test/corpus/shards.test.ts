import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { commitShards } from "../../src/corpus/commitShards.ts";
import { completeIndex } from "../../src/corpus/completeIndex.ts";
import { makePlan } from "../../src/corpus/indexPlan.ts";
import { IndexRequest } from "../../src/corpus/indexRequest.ts";
import { openIndexWriter } from "../../src/corpus/indexWriter.ts";
import type { IndexReport } from "../../src/corpus/indexWriter.ts";
import { readShard, vectorFromText } from "../../src/corpus/preparedShard.ts";
import { readRejects } from "../../src/corpus/rejects.ts";
import { englishCorpus } from "../../src/tasks/medical/medicalCorpus.ts";
import { prepareShard } from "../../src/corpus/prepareShard.ts";
import { indexInto } from "./indexInto.ts";
import { storedIds, writeRecords } from "./recordFiles.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

const root = temporaryFolder();
const sources = join(root, "sources");

beforeAll(() => writeRecords(sources, { files: 2, records: 3_000, damaged: 1 }));

/** Runs the indexing in a process of its own and kills it after a number of its messages. */
async function killedAfter(name: string, messages: number): Promise<void> {
  const script = fileURLToPath(new URL("indexInProcess.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    ["--import", "tsx", script, join(root, `${name}-work`), join(root, name), sources],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    seen += 1;
    expect(line).not.toBe("done");
    if (seen === messages) child.kill("SIGKILL");
    if (seen === messages) break;
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

async function indexAll(name: string, files = sources): Promise<IndexReport & { rejects: number }> {
  const folder = join(root, `${name}-work`);
  const plan = await makePlan(folder, IndexRequest.parse({ files, corpus: join(root, name), shardMegabytes: 0.125 }));
  await Promise.all(plan.shards.map((shard) => prepareShard(folder, plan, shard, null)));
  await commitShards(folder, plan, plan.shards, null);
  return completeIndex(folder, plan, null);
}

describe("indexing by shards", () => {
  test("gives what one shard gives; also after kill -9 between commits", async () => {
    const whole = await indexInto(join(root, "whole"), sources);
    expect(whole).toMatchObject({ passages: 6_000, rejects: 2 });
    const expected = await storedIds(join(root, "whole"));
    expect(await indexAll("undisturbed")).toMatchObject({ fingerprint: whole.fingerprint, rejects: 2 });
    expect(await storedIds(join(root, "undisturbed"))).toEqual(expected);
    await killedAfter("killed", 4);
    expect(await indexAll("killed")).toMatchObject({ fingerprint: whole.fingerprint, passages: 6_000 });
    expect(await storedIds(join(root, "killed"))).toEqual(expected);
    expect(await readRejects(join(root, "killed"))).toHaveLength(2);
  });

  test("what a half-dead attempt wrote twice is there once", async () => {
    const corpus = join(root, "twice");
    const rows = ["a", "b"].map((id) => ({
      passage: { id, title: "T", text: "One.", source: "s", section: null, year: null, evidenceLevel: null },
    }));
    const dead = await openIndexWriter(corpus, englishCorpus, null);
    const alive = await openIndexWriter(corpus, englishCorpus, null);
    await dead.add(rows);
    await alive.add(rows);
    expect(await storedIds(corpus)).toEqual(["a", "a", "b", "b"]);
    await alive.complete(new Set(["a", "b"]));
    expect(await storedIds(corpus)).toEqual(["a", "b"]);
  });

  test("a prepared shard is found again; a changed file is prepared anew; one that changes meanwhile stops the run", async () => {
    const [folder, files] = [join(root, "again-work"), join(root, "again.jsonl")];
    const request = IndexRequest.parse({ files, corpus: join(root, "again") });
    writeFileSync(files, `{"id":"1","title":"T","content":"One."}\n`);
    const plan = await makePlan(folder, request);
    const shards = await Promise.all(plan.shards.map((shard) => prepareShard(folder, plan, shard, null)));
    expect(shards).toEqual([{ records: 1, passages: 1, rejects: 0, grading: null }]);
    writeFileSync(files, `{"id":"1","title":"T","content":"One."}\n{"id":"2","title":"T","content":"Two."}\n`);
    expect(await prepareShard(folder, plan, plan.shards[0] ?? never(), null)).toMatchObject({ passages: 1 });
    const changed = await makePlan(folder, request);
    expect(await prepareShard(folder, changed, changed.shards[0] ?? never(), null)).toMatchObject({ passages: 2 });
    const third = await makePlan(folder, { ...request, maxTokens: 100 });
    writeFileSync(files, "");
    await expect(prepareShard(folder, third, third.shards[0] ?? never(), null)).rejects.toThrow(
      "changed while it was being indexed",
    );
  });

  test("what the corpus holds already is not embedded again", async () => {
    const files = join(root, "grown");
    mkdirSync(files);
    const embedded: string[][] = [];
    const embedder = {
      name: "fixed",
      dimensions: 2,
      embed: (texts: readonly string[]) => {
        embedded.push([...texts]);
        return Promise.resolve(texts.map(() => Float32Array.of(1, 0)));
      },
    };
    const index = async (): Promise<IndexReport> => {
      const folder = join(root, "grown-work");
      const plan = await makePlan(folder, IndexRequest.parse({ files, corpus: join(root, "grown-corpus") }));
      for (const shard of plan.shards) await prepareShard(folder, plan, shard, embedder);
      await commitShards(folder, plan, plan.shards, embedder);
      return completeIndex(folder, plan, embedder);
    };
    writeFileSync(join(files, "a.jsonl"), `{"id":"1","title":"T","content":"One."}\n`);
    await index();
    writeFileSync(
      join(files, "a.jsonl"),
      `{"id":"1","title":"T","content":"One."}\n{"id":"2","title":"T","content":"Two."}\n`,
    );
    expect(await index()).toMatchObject({ passages: 2, added: 0, removed: 0 });
    expect(embedded).toEqual([["T\nOne."], ["T\nTwo."]]);
  });

  test("what a killed attempt embedded is not embedded again", async () => {
    const [folder, files] = [join(root, "resumed-work"), join(root, "resumed.jsonl")];
    const records = Array.from({ length: 1_500 }, (_, id) =>
      JSON.stringify({ id, title: "T", content: `Text ${id}.` }),
    );
    writeFileSync(files, records.join("\n"));
    const plan = await makePlan(folder, IndexRequest.parse({ files, corpus: join(root, "resumed") }));
    const [shard = never()] = plan.shards;
    const vectorOf = (text: string): Float32Array => Float32Array.of(Number(/\d+/u.exec(text)?.[0]), 1);
    const attempt = (embed: (texts: readonly string[]) => Promise<Float32Array[]>): Promise<unknown> =>
      prepareShard(folder, plan, shard, { name: "fixed", dimensions: 2, embed });
    // The first attempt stands still at its second batch, as one that was killed there does.
    let die = (): void => undefined;
    let killed: Promise<unknown> | undefined;
    await new Promise<void>((resolve) => {
      killed = attempt((texts) => {
        if (texts.length === 1_000) return Promise.resolve(texts.map(vectorOf));
        resolve();
        return new Promise((_, reject) => void (die = () => reject(new Error("killed"))));
      });
    });
    const embedded: string[] = [];
    await attempt((texts) => {
      embedded.push(...texts);
      return Promise.resolve(texts.map(vectorOf));
    });
    expect(embedded).toEqual(Array.from({ length: 500 }, (_, index) => `T\nText ${1_000 + index}.`));
    for await (const { passage, vector } of readShard(folder, shard.key))
      expect(vectorFromText(vector ?? "")).toEqual(vectorOf(passage?.text ?? ""));
    die();
    await expect(killed).rejects.toThrow("killed");
  });

  test("prepared vectors come back as they were", async () => {
    const [folder, files] = [join(root, "vector-work"), join(root, "vector.jsonl")];
    writeFileSync(files, `{"id":"1","title":"T","content":"One."}\n`);
    const plan = await makePlan(folder, IndexRequest.parse({ files, corpus: join(root, "vector") }));
    const vector = Float32Array.of(0.1, -3e-8);
    const [shard = never()] = plan.shards;
    await prepareShard(folder, plan, shard, { name: "fixed", dimensions: 2, embed: () => Promise.resolve([vector]) });
    for await (const line of readShard(folder, shard.key)) expect(vectorFromText(line.vector ?? "")).toEqual(vector);
  });
});

function never(): never {
  throw new Error("the plan has no shard");
}
