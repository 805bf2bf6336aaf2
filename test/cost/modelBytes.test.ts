import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { weightsOf } from "../../src/cost/modelBytes.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "med-r3-bytes-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("bytes of a model's weights", () => {
  test("are not known where no folder, or no weights, are at hand", async () => {
    expect(await weightsOf(join(folder, "none"))).toBeNull();
    expect(await weightsOf(folder)).toBeNull();
  });

  test("are those of all shards", async () => {
    await writeFile(join(folder, "model-00001-of-00002.safetensors"), new Uint8Array(30));
    await writeFile(join(folder, "model-00002-of-00002.safetensors"), new Uint8Array(12));
    await writeFile(join(folder, "model.safetensors.index.json"), "{}");
    expect(await weightsOf(folder)).toBe(42);
  });
});
