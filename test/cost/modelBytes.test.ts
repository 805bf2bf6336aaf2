import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { weightsOf } from "../../src/cost/modelBytes.ts";
import { temporaryFolder } from "../corpus/temporaryFolder.ts";

const folder = temporaryFolder();

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

  test("leave out the optimiser's state that a checkpoint holds beside them", async () => {
    await writeFile(join(folder, "optimizer.safetensors"), new Uint8Array(84));
    expect(await weightsOf(folder)).toBe(42);
  });
});
