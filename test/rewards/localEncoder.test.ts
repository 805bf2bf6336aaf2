import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createEncoderFolder } from "../../src/corpus/embedding/createEncoder.ts";
import { cosine, withLength } from "../../src/rewards/cosine.ts";
import { openLocalEncoder } from "../../src/rewards/localEncoder.ts";

const similarity = ([a = new Float32Array(), b = new Float32Array()]: Float32Array[]): number | null =>
  cosine(withLength(a), withLength(b));

it("feature hashing compares words, whatever their order", async () => {
  const encoder = await openLocalEncoder({ kind: "feature-hashing" });
  expect(similarity(await encoder.embed(["aspirin thins blood", "blood thins aspirin"]))).toBeCloseTo(1);
  expect(similarity(await encoder.embed(["aspirin thins blood", "a clot dissolves"]))).toBe(0);
});

it("a folder's model compares what it makes of the whole text, with its prefix", async () => {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-encoder-"));
  const words = ["aspirin", "thins", "blood", "query"];
  await createEncoderFolder(
    folder,
    { hiddenSize: 16, intermediateSize: 32, layers: 1, heads: 2, maximumPositions: 16, pooling: "cls", words },
    "test",
  );
  const plain = await openLocalEncoder({ kind: "folder", folder, prefix: "", threads: 1 });
  const prefixed = await openLocalEncoder({ kind: "folder", folder, prefix: "query ", threads: 1 });
  const texts = ["aspirin thins blood", "blood thins aspirin"];
  const [first, second] = await plain.embed(texts);
  expect(first).not.toEqual(second);
  expect(await prefixed.embed(["thins"])).toEqual(await plain.embed(["query thins"]));
  await Promise.all([plain.close(), prefixed.close()]);
});

it("a folder without a model is refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-no-encoder-"));
  await expect(openLocalEncoder({ kind: "folder", folder, prefix: "", threads: 1 })).rejects.toThrow(folder);
});
