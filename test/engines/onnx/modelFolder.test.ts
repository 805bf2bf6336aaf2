import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { SafetensorsFile, layOutSafetensors } from "../../../src/onnx/safetensors.ts";
import { Workbench, sampleRequest, scriptedResponder } from "./support.ts";

const bench = new Workbench();
afterAll(() => bench.clear());

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const sequences = [
  [5, 6, 7, 8, 9, 10, 11],
  [20, 30, 40],
];

/** A copy of a fixture that tests may change. */
async function copyOf(name: string): Promise<string> {
  const folder = await bench.folder();
  await cp(fixture(name), folder, { recursive: true });
  return folder;
}

async function readAll(path: string): Promise<{ name: string; dims: readonly number[]; values: Float32Array }[]> {
  const file = await SafetensorsFile.open(path);
  const tensors = [...file.tensors.values()].map(({ name, dims }) => ({
    name,
    dims,
    values: new Float32Array(dims.reduce((a, b) => a * b, 1)),
  }));
  for (const { name, values } of tensors) await file.readInto(name, values);
  await file.close();
  return tensors;
}

async function writeFloat32(path: string, tensors: Awaited<ReturnType<typeof readAll>>): Promise<void> {
  const layout = layOutSafetensors(tensors, { format: "pt" });
  const bytes = Buffer.alloc(layout.size);
  bytes.set(layout.header);
  for (const { name, values } of tensors) bytes.set(new Uint8Array(values.buffer), layout.starts.get(name));
  await writeFile(path, bytes);
}

/** Writes two-byte tensors, the bits of each number given by `encode`. */
async function writeHalves(
  path: string,
  type: "F16" | "BF16",
  tensors: Awaited<ReturnType<typeof readAll>>,
  encode: (value: number) => number,
): Promise<void> {
  let offset = 0;
  const header: Record<string, unknown> = {};
  for (const { name, dims, values } of tensors) {
    header[name] = { dtype: type, shape: dims, data_offsets: [offset, offset + values.length * 2] };
    offset += values.length * 2;
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const data = Buffer.concat(tensors.map(({ values }) => Buffer.from(Uint16Array.from(values, encode).buffer)));
  await writeFile(path, Buffer.concat([length, json, data]));
}

async function logProbabilitiesOf(folder: string): Promise<number[]> {
  const policy = await bench.open({ folder });
  return (await policy.logProbabilities(sequences)).flatMap((values) => [...values]);
}

function largestGap(a: readonly number[], b: readonly number[]): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? NaN))), 0);
}

const bits = new DataView(new ArrayBuffer(4));
/** The upper half of a float32, cut off. */
const toBrainFloat = (value: number): number => {
  bits.setFloat32(0, value);
  return bits.getUint16(0);
};
/** IEEE binary16 of a number in its normal or subnormal range, cut off. */
const toHalf = (value: number): number => {
  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 2 ** -30)));
  const fraction = Math.trunc((size / 2 ** exponent) * 1024);
  return fraction < 1024 ? sign | fraction : sign | ((exponent + 15) << 10) | (fraction - 1024);
};

describe("a model folder", () => {
  test("may be split into shards with an index", async () => {
    const folder = await copyOf("qwen2");
    const tensors = await readAll(join(folder, "model.safetensors"));
    const half = Math.floor(tensors.length / 2);
    const shards: [string, typeof tensors][] = [
      ["model-00001-of-00002.safetensors", tensors.slice(0, half)],
      ["model-00002-of-00002.safetensors", tensors.slice(half)],
    ];
    for (const [name, part] of shards) await writeFloat32(join(folder, name), part);
    const map = Object.fromEntries(shards.flatMap(([name, part]) => part.map((tensor) => [tensor.name, name])));
    await writeFile(join(folder, "model.safetensors.index.json"), JSON.stringify({ metadata: {}, weight_map: map }));
    await rm(join(folder, "model.safetensors"));
    expect(await logProbabilitiesOf(folder)).toEqual(await logProbabilitiesOf(fixture("qwen2")));
  });

  test.each([
    { type: "BF16" as const, encode: toBrainFloat, tolerance: 0.1 },
    { type: "F16" as const, encode: toHalf, tolerance: 0.01 },
  ])("may hold $type", async ({ type, encode, tolerance }) => {
    const folder = await copyOf("llama");
    await writeHalves(
      join(folder, "model.safetensors"),
      type,
      await readAll(join(folder, "model.safetensors")),
      encode,
    );
    const gap = largestGap(await logProbabilitiesOf(folder), await logProbabilitiesOf(fixture("llama")));
    expect(gap).toBeGreaterThan(0);
    expect(gap).toBeLessThan(tolerance);
  });

  test.each(["llama", "llama-3.1", "gemma3", "qwen2", "qwen3"])(
    "of %s comes back from being saved with every weight and setting",
    async (name) => {
      const policy = await bench.open({ folder: fixture(name) });
      const saved = await bench.folder();
      await policy.save(saved);
      const sorted = (tensors: Awaited<ReturnType<typeof readAll>>): typeof tensors =>
        tensors.toSorted((a, b) => (a.name < b.name ? -1 : 1));
      expect(sorted(await readAll(join(saved, "model.safetensors")))).toEqual(
        sorted(await readAll(join(fixture(name), "model.safetensors"))),
      );
      const config = JSON.parse(await readFile(join(saved, "config.json"), "utf8")) as Record<string, unknown>;
      expect(config).toMatchObject({ torch_dtype: "float32", vocab_size: 48 });
      expect(await readFile(join(saved, "tokenizer.json"), "utf8")).toBe(
        await readFile(join(fixture(name), "tokenizer.json"), "utf8"),
      );
    },
  );

  test.each([
    { file: "generation_config.json", contents: { eos_token_id: [9, 11], temperature: 0.6 }, ends: [1, 9, 11] },
    { file: "generation_config.json", contents: { temperature: 0.6 }, ends: [1] },
    { file: "generation_config.json", contents: { eos_token_id: 9 }, ends: [1, 9] },
  ])("with $contents in $file ends responses at $ends, and keeps the file", async ({ file, contents, ends }) => {
    const folder = await copyOf("llama");
    await writeFile(join(folder, file), JSON.stringify(contents));
    const policy = await bench.open({ folder });
    expect([...policy.tokenizer.endOfTextIds]).toEqual(ends);
    const requests = Array.from({ length: 30 }, (_, i) =>
      sampleRequest(String(i), [7, 8], { stopStrings: [], maxResponseTokens: 100 }),
    );
    const last = (await policy.sample(requests, scriptedResponder([])))
      .filter(({ stopReason }) => stopReason === "end")
      .map(({ segments }) => segments.at(-1)?.tokens.at(-1) ?? 0);
    expect([...new Set(last)].toSorted((a, b) => a - b)).toEqual(ends);
    const saved = await bench.folder();
    await policy.save(saved);
    expect(JSON.parse(await readFile(join(saved, file), "utf8"))).toEqual(contents);
  });

  test.each([
    {
      change: { model_type: "mamba" },
      message: /"mamba" is not supported; supported are gemma3_text, llama, mistral, qwen2, qwen3/,
    },
    { change: { hidden_act: "gelu" }, message: /config\.json.*hidden_act/s },
    { change: { vocab_size: "many" }, message: /config\.json.*vocab_size/s },
    { change: { rope_scaling: { rope_type: "yarn", factor: 4 } }, message: /rope scaling "yarn" is not supported/ },
    { change: { num_key_value_heads: 3 }, message: /multiple of num_key_value_heads/ },
    { change: { vocab_size: 40 }, message: /the tokenizer has 48 tokens, the model only 40/ },
    { change: { intermediate_size: 40 }, message: /has shape \[32, 36\]/ },
    { change: { num_hidden_layers: 3 }, message: /9 weights are missing, the first is "model\.layers\.2/ },
  ])("with $change is refused", async ({ change, message }) => {
    const folder = await copyOf("llama");
    const path = join(folder, "config.json");
    await writeFile(path, JSON.stringify({ ...(JSON.parse(await readFile(path, "utf8")) as object), ...change }));
    await expect(bench.open({ folder })).rejects.toThrow(message);
  });

  test("without config.json, or cut short, is refused by name", async () => {
    const empty = await bench.folder();
    await expect(bench.open({ folder: empty })).rejects.toThrow(/no config\.json/);
    const folder = await copyOf("llama");
    const path = join(folder, "model.safetensors");
    await writeFile(path, (await readFile(path)).subarray(0, 5000));
    await expect(bench.open({ folder })).rejects.toThrow(/copied whole/);
  });
});
