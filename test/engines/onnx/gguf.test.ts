import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkModel } from "../../../src/cli/checkModel.ts";
import { blockTypes } from "../../../src/engines/onnx/gguf/blocks.ts";
import { convertGguf } from "../../../src/engines/onnx/gguf/convertGguf.ts";
import { openGgufModel } from "../../../src/engines/onnx/gguf/ggufModel.ts";
import { recoverRopeScaling } from "../../../src/engines/onnx/gguf/ropeFactors.ts";
import { parseModelConfig } from "../../../src/engines/onnx/model/modelConfig.ts";
import { SafetensorsFile } from "../../../src/onnx/safetensors.ts";
import { loadTokenizer } from "../../../src/policy/tokenizer.ts";

const fixtures = fileURLToPath(new URL("fixtures/", import.meta.url));
const fileOf = (family: string): string => join(fixtures, "gguf", `${family}.gguf`);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "med-r3-gguf-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function convert(path: string, cache = join(folder, "cache")): Promise<string> {
  return convertGguf(await openGgufModel(path), cache);
}

async function tensorsOf(path: string): Promise<Map<string, Float32Array>> {
  const file = await SafetensorsFile.open(path);
  const tensors = new Map<string, Float32Array>();
  for (const { name, dims } of file.tensors.values()) {
    const values = new Float32Array(dims.reduce((product, length) => product * length, 1));
    await file.readInto(name, values);
    tensors.set(name, values);
  }
  await file.close();
  return tensors;
}

/** A copy of Llama's file with a text of its header replaced by one of the same length. */
async function changed(name: string, from: string, to: string): Promise<string> {
  const bytes = await readFile(fileOf("llama"));
  const at = bytes.indexOf(from);
  expect(at).toBeGreaterThan(0);
  expect(to.length).toBe(from.length);
  bytes.write(to, at);
  const path = join(folder, `${name}.gguf`);
  await writeFile(path, bytes);
  return path;
}

describe("each quantisation gives the numbers of the Python package gguf to the last bit", async () => {
  const expected = JSON.parse(await readFile(join(fixtures, "gguf", "blocks.json"), "utf8")) as Record<
    string,
    { bytes: string; numbers: number[] }
  >;
  test.each([...blockTypes.values()])("$name", ({ name, bytes, elements, dequantise }) => {
    const source = Uint8Array.from(Buffer.from(expected[name]?.bytes ?? "", "hex"));
    const target = new Float32Array((source.length / bytes) * elements);
    dequantise(source, target);
    expect([...new Uint32Array(target.buffer)]).toEqual(expected[name]?.numbers);
  });
});

test.each(["llama", "qwen2", "qwen3"])(
  "%s: shape, weights, tokenizer and chat template become a folder",
  async (family) => {
    const made = await convert(fileOf(family));
    const original = await tensorsOf(join(fixtures, family, "model.safetensors"));
    const converted = await tensorsOf(join(made, "model.safetensors"));
    expect([...converted.keys()].toSorted()).toEqual([...original.keys()].toSorted());
    for (const [name, values] of converted) {
      const wanted = original.get(name) ?? [];
      // Only the embedding is quantised: half a step of 8 bits.
      const most = name.includes("embed_tokens") ? 0.002 : 0;
      const gap = Math.max(...values.map((value, i) => Math.abs(value - (wanted[i] ?? NaN))));
      expect({ name, close: gap <= most }).toEqual({ name, close: true });
    }
    const read = async (path: string) => parseModelConfig(JSON.parse(await readFile(path, "utf8")), path);
    expect(await read(join(made, "config.json"))).toEqual(await read(join(fixtures, family, "config.json")));
    const tokenizer = await loadTokenizer(made);
    const ids = tokenizer.encode("the 12 inn");
    expect(tokenizer.decode(ids)).toBe("the 12 inn");
    expect(ids).toHaveLength(7);
    expect([...tokenizer.endOfTextIds]).toEqual([1]);
    expect(tokenizer.encodeChat?.([{ role: "user", content: "the" }])?.map((id) => tokenizer.decode([id]))).toEqual([
      "<|im_start|>",
      "the",
      "<|im_end|>",
      "<|im_start|>",
    ]);
  },
);

test("what was quantised is said", async () => {
  expect((await openGgufModel(fileOf("qwen3"))).description).toMatch(
    /^tiny qwen3, qwen3, 0\.0\d\d million weights: \d\d\.\d % in F32, \d\.\d % in Q8_0; converted to float32, which keeps/u,
  );
});

test("a conversion that was interrupted goes on where it stopped, and comes to the same bytes", async () => {
  const whole = await convert(fileOf("llama"));
  const cache = join(folder, "interrupted");
  const unfinished = join(cache, `${whole.split("/").at(-1)}.unfinished`);
  await cp(whole, unfinished, { recursive: true });
  const weights = join(unfinished, "model.safetensors");
  const expected = await readFile(join(whole, "model.safetensors"));
  // What was done is kept: this byte tells.
  const marked = Buffer.from(expected.subarray(0, Math.floor(expected.length / 2)));
  const mark = expected.readBigUInt64LE(0) + 8n;
  marked[Number(mark)] = (marked[Number(mark)] ?? 0) ^ 1;
  await writeFile(weights, marked);
  const made = await convert(fileOf("llama"), cache);
  const result = await readFile(join(made, "model.safetensors"));
  expect(result.subarray(Number(mark) + 1).equals(expected.subarray(Number(mark) + 1))).toBe(true);
  expect(result[Number(mark)]).toBe(marked[Number(mark)]);
  expect(await readdir(cache)).toHaveLength(1);
});

describe("refused by name before anything is written:", () => {
  async function refusal(path: string): Promise<string> {
    const error: unknown = await checkModel(path).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof Error)) throw new Error("nothing was refused");
    return error.message;
  }

  test("a file that is cut off, wherever", async () => {
    const { length } = await readFile(fileOf("llama"));
    for (const share of [0, 0.00005, 0.001, 0.02, 0.08, 0.2, 0.6, 0.999]) {
      const path = join(folder, "cut.gguf");
      await cp(fileOf("llama"), path);
      await truncate(path, Math.floor(length * share));
      expect(await refusal(path)).toMatch(/cut\.gguf: .*(cut off|was it copied whole)/u);
    }
  });

  test("an architecture", async () => {
    const path = await changed(
      "architecture",
      "general.architecture\u0008\0\0\0\u0005\0\0\0\0\0\0\0llama",
      "general.architecture\u0008\0\0\0\u0005\0\0\0\0\0\0\0mamba",
    );
    expect(await refusal(path)).toMatch(/architecture "mamba" is not supported.*llama, qwen2, qwen3/u);
  });

  test("a tokenizer that is not byte-level BPE", async () => {
    const path = await changed("tokenizer", "gpt2", "bert");
    expect(await refusal(path)).toMatch(/tokenizer is of the kind "bert"; only byte-level BPE/u);
  });

  test("a way of cutting text", async () => {
    expect(await refusal(await changed("pre", "smollm", "sm0llm"))).toMatch(
      /tokenizer\.ggml\.pre is "sm0llm".*smollm/u,
    );
  });

  test("a setting of the shape", async () => {
    const path = await changed("setting", "llama.rope.freq_base", "llama.rope.frek_base");
    expect(await refusal(path)).toMatch(/not supported.*rope\.frek_base/su);
  });

  test("a tensor that no such model has, and one that is missing", async () => {
    const path = await changed("tensor", "blk.1.ffn_up.weight", "blk.1.ffn_xx.weight");
    expect(await refusal(path)).toMatch(/tensor "blk\.1\.ffn_xx\.weight" belongs to no llama model/u);
  });

  test("a quantisation", async () => {
    const bytes = await readFile(fileOf("llama"));
    const name = "blk.0.ffn_up.weight";
    // Behind the name: the number of dimensions, two dimensions of 8 bytes, the type.
    bytes.writeUInt32LE(16, bytes.indexOf(name) + name.length + 4 + 16);
    const path = join(folder, "quantisation.gguf");
    await writeFile(path, bytes);
    expect(await refusal(path)).toMatch(/"blk\.0\.ffn_up\.weight" is quantised as IQ2_XXS.*Q4_K, Q6_K/u);
  });

  test("a file that is none, and one that is not there", async () => {
    const path = join(folder, "text.gguf");
    await writeFile(path, "no model");
    expect(await refusal(path)).toMatch(/cannot be read as GGUF/u);
    expect(await refusal("org/none.gguf")).toMatch(/there is no such file/u);
    expect(existsSync("org")).toBe(false);
  });
});

test("a number that is none ends the conversion", async () => {
  const model = await openGgufModel(fileOf("llama"));
  const norm = model.tensors.find(({ name }) => name === "model.norm.weight");
  const bytes = await readFile(fileOf("llama"));
  bytes.writeFloatLE(NaN, (norm?.start ?? 0) + 8);
  const path = join(folder, "damaged.gguf");
  await writeFile(path, bytes);
  await expect(convert(path)).rejects.toThrow(/"output_norm\.weight" holds NaN at 2: the file is damaged/u);
});

describe("rotary factors", () => {
  const factors = (factor: number): Float32Array =>
    Float32Array.from({ length: 32 }, (_, i) => {
      const wave = (2 * Math.PI) / 500_000 ** (-i / 32);
      if (wave < 8192 / 4) return 1;
      if (wave > 8192) return factor;
      const smooth = (8192 / wave - 1) / 3;
      return 1 / ((1 - smooth) / factor + smooth);
    });

  test.each([8, 32])("of Llama 3.1 and 3.2 (%i) become its rope_scaling", (factor) => {
    expect(recoverRopeScaling(factors(factor), 500_000, "a.gguf")).toEqual({
      rope_type: "llama3",
      factor,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 8192,
    });
    expect(recoverRopeScaling(new Float32Array(32).fill(1), 500_000, "a.gguf")).toBeNull();
  });

  test("of another kind are refused", () => {
    expect(() => recoverRopeScaling(factors(8).map(Math.sqrt), 500_000, "a.gguf")).toThrow(/not that of Llama 3\.1/u);
  });
});
