import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Precision } from "../../../src/onnx/graphSession.ts";
import { halfToNumber, writeHalves } from "../../../src/onnx/halfFloat.ts";
import { layOutModel } from "../../../src/engines/onnx/model/lora.ts";
import { readModelFolder } from "../../../src/engines/onnx/model/modelFolder.ts";
import { ReplicaState, splitRanges } from "../../../src/engines/onnx/replicas/replicaState.ts";
import { SamplingSteps } from "../../../src/engines/onnx/sampling/samplingSteps.ts";
import { loadState } from "../../../src/engines/onnx/model/stateFiles.ts";

function half(number: number): number {
  const target = new Uint16Array(1);
  writeHalves(Float32Array.of(number), target);
  return halfToNumber(target[0] ?? NaN);
}

describe("half floats", () => {
  test("of half floats are themselves", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), (bits) => {
        expect(half(halfToNumber(bits))).toBe(halfToNumber(bits));
      }),
      { numRuns: 3000 },
    );
  });

  test("are the nearest there are", () => {
    fc.assert(
      fc.property(fc.float({ min: -65_504, max: 65_504, noNaN: true }), (number) => {
        const spacing = 2 ** Math.max(-24, Math.floor(Math.log2(Math.abs(number) || 1e-30)) - 10);
        expect(Math.abs(half(number) - number)).toBeLessThanOrEqual(spacing / 2);
      }),
      { numRuns: 3000 },
    );
  });

  test("beyond their range are infinite", () => {
    expect([half(65_519), half(65_520), half(-1e9)]).toEqual([65_504, Infinity, -Infinity]);
  });
});

/** Probabilities after prompts in chunks, then after decode steps, of rows of different lengths. */
async function probabilities(model: string, precision: Precision): Promise<number[]> {
  const folder = fileURLToPath(new URL(`fixtures/${model}`, import.meta.url));
  const { config } = await readModelFolder(folder);
  const layout = layOutModel(config, null);
  const state = new ReplicaState(layout, splitRanges(layout.trained, 1)[0] ?? { start: 0, end: 0 });
  await loadState(folder, null, state);
  // onnxruntime's CPU kernels take float16 where they can, and are given casts where they cannot.
  const steps = new SamplingSteps(config, state, { provider: "cpu", threads: 1, precision });
  const batch = steps.startBatch(2, 64);
  const feed = (row: number, tokens: number[]): { row: number; tokens: number[]; temperature: number } => ({
    row,
    tokens,
    temperature: 0.8,
  });
  const found: number[] = [];
  for (const feeds of [
    [feed(0, [5, 6, 7, 8, 9]), feed(1, [10, 11])],
    [feed(0, [20, 21, 22]), feed(1, [30])],
  ]) {
    for (const values of (await batch.take(feeds)).values()) found.push(...values);
  }
  for (const tokens of [
    [12, 13],
    [14, null],
    [15, 16],
  ])
    found.push(...(await batch.decode(tokens, [0.8, 1])));
  await steps.close();
  return found;
}

describe.each(["llama", "llama-3.1", "qwen2", "qwen3"])("sampling %s in float16", (model) => {
  test("gives nearly the probabilities of float32", async () => {
    const [wide, narrow] = [await probabilities(model, "float32"), await probabilities(model, "float16")];
    const gaps = wide.map((value, i) => Math.abs(Math.log(value) - Math.log(narrow[i] ?? NaN)));
    expect(wide).toHaveLength((2 * 2 + 3 * 2) * 48);
    expect(Math.max(...gaps)).toBeLessThan(0.05);
    expect(Math.max(...gaps)).toBeGreaterThan(1e-5);
  });
});
