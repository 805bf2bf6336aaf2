import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { resolveModel } from "../../src/policy/hub.ts";
import { startHub, type TestHub } from "../hub.ts";
import { Workbench } from "../engines/onnx/support.ts";

const bench = new Workbench();
const source = fileURLToPath(new URL("../engines/onnx/fixtures/llama", import.meta.url));
let hub: TestHub;
let hubUrl: string;
let files: Map<string, Buffer>;

beforeAll(async () => {
  const names = (await readdir(source)).filter((name) => !name.startsWith("expected"));
  files = new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(source, name))] as const)));
  hub = await startHub("model", "org/tiny", files);
  hubUrl = hub.url;
});
afterAll(async () => {
  hub.close();
  await bench.clear();
});
beforeEach(() => {
  hub.requests.length = 0;
  hub.corrupt = false;
});

describe("a model given by name", () => {
  test("is fetched once and opens", async () => {
    const cacheFolder = await bench.folder();
    const folder = await resolveModel("org/tiny", { cacheFolder, hubUrl });
    const policy = await bench.open({ folder });
    expect(await policy.logProbabilities([[5, 6, 7]])).toEqual(
      await (await bench.open({ folder: source })).logProbabilities([[5, 6, 7]]),
    );
    hub.requests.length = 0;
    expect(await resolveModel("org/tiny", { cacheFolder, hubUrl: "http://127.0.0.1:9" })).toBe(folder);
    expect(hub.requests).toEqual([]);
  });

  test("goes on where it was interrupted", async () => {
    const cacheFolder = await bench.folder();
    const folder = await resolveModel("org/tiny", { cacheFolder, hubUrl });
    const again = await bench.folder();
    const partial = join(again, "org--tiny");
    await mkdir(partial);
    await writeFile(
      join(partial, "model.safetensors.part"),
      (files.get("model.safetensors") ?? Buffer.alloc(0)).subarray(0, 40_000),
    );
    hub.requests.length = 0;
    await resolveModel("org/tiny", { cacheFolder: again, hubUrl });
    expect(hub.requests).toContain("model.safetensors 40000");
    expect(await readFile(join(partial, "model.safetensors"))).toEqual(
      await readFile(join(folder, "model.safetensors")),
    );
  });

  test("that arrives damaged is refused and fetched anew next time", async () => {
    const cacheFolder = await bench.folder();
    hub.corrupt = true;
    await expect(resolveModel("org/tiny", { cacheFolder, hubUrl })).rejects.toThrow(
      /does not match its checksum.*try again/,
    );
    hub.corrupt = false;
    expect(await resolveModel("org/tiny", { cacheFolder, hubUrl })).toContain("org--tiny");
  });

  test("without a network says what else can be done", async () => {
    await expect(
      resolveModel("org/tiny", { cacheFolder: await bench.folder(), hubUrl: "http://127.0.0.1:9" }),
    ).rejects.toThrow(/could not be fetched.*give a folder/);
  });

  test("may be a folder; anything else is refused", async () => {
    const cacheFolder = await bench.folder();
    expect(await resolveModel(source, { cacheFolder })).toBe(source);
    await expect(resolveModel("no such folder", { cacheFolder })).rejects.toThrow(/neither a folder.*ORG\/NAME/);
  });
});
