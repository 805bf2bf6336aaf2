import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { updateHash, writeFully } from "../../../src/engines/onnx/model/bytes.ts";
import { allocateWeights, createLearningArrays } from "../../../src/engines/onnx/training/learningArrays.ts";
import type { LearningArrays } from "../../../src/engines/onnx/training/learningArrays.ts";
import { SafetensorsFile, layOutSafetensors } from "../../../src/onnx/safetensors.ts";
import { Workbench } from "./support.ts";

const bench = new Workbench();
afterAll(() => bench.clear());

const adamw = { learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, gradientClip: 1 };

function fill(arrays: LearningArrays, seed: number): void {
  const value = (i: number, factor: number): number => Math.sin(i * factor + seed);
  arrays.weights.forEach((_, i) => (arrays.weights[i] = value(i, 1.1)));
  arrays.gradient.forEach((_, i) => (arrays.gradient[i] = value(i, 0.7)));
  arrays.mean.forEach((_, i) => (arrays.mean[i] = value(i, 0.3)));
  arrays.square.forEach((_, i) => (arrays.square[i] = value(i, 0.2) ** 2));
}

describe("weights that WebAssembly cannot address", () => {
  test("learn bitwise as those that it can", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 1, max: 400_000 }),
        fc.integer(),
        (before, owned, seed) => {
          const own = { start: before * 4, end: before * 4 + owned * 4 };
          const [inside, outside] = [createLearningArrays(own.end + 8, own), createLearningArrays(own.end + 8, own, 0)];
          for (const arrays of [inside, outside]) {
            fill(arrays, seed % 100);
            arrays.adamw(adamw, 3, 0.5);
          }
          for (const name of ["weights", "gradient", "mean", "square"] as const)
            expect(
              Buffer.compare(Buffer.from(inside[name].slice().buffer), Buffer.from(outside[name].slice().buffer)),
            ).toBe(0);
          expect(outside.gradientSquares() / inside.gradientSquares()).toBeCloseTo(1, 12);
        },
      ),
      { numRuns: 8 },
    );
  });

  test("may be more than 4 GiB", () => {
    // Only the end is touched, so that no more than it takes memory.
    const own = { start: 2 ** 30 + 4, end: 2 ** 30 + 12 };
    const arrays = createLearningArrays(own.end, own);
    arrays.gradient.fill(1, own.start);
    arrays.adamw({ ...adamw, weightDecay: 0 }, 1, 1);
    expect([...arrays.weights.subarray(own.start - 2)]).toEqual([
      0,
      0,
      ...Array.from({ length: 8 }, () => expect.closeTo(-0.01, 6) as number),
    ]);
    expect(arrays.gradientSquares()).toBe(8);
  });
});

test("weights that one array cannot hold are refused with what to do", () => {
  expect(() => allocateWeights(2 ** 40)).toThrow(/do not fit into one array of Node.*newer Node, LoRA/);
});

describe("files", () => {
  test("of more than 4 GiB are written and read at their far end", async () => {
    const path = join(await bench.folder(), "model.safetensors");
    const layout = layOutSafetensors(
      [
        { name: "large", dims: [2 ** 30, 1] },
        { name: "behind", dims: [3] },
      ],
      { format: "pt" },
    );
    const file = await open(path, "w");
    await writeFully(file, layout.header, 0);
    await file.truncate(layout.size);
    await writeFully(file, new Uint8Array(Float32Array.of(1, -2, 3.5).buffer), layout.starts.get("behind") ?? NaN);
    await file.close();
    const opened = await SafetensorsFile.open(path);
    expect(opened.tensors.get("behind")?.start).toBeGreaterThan(2 ** 32);
    const values = new Float32Array(3);
    await opened.readInto("behind", values);
    await opened.close();
    expect([...values]).toEqual([1, -2, 3.5]);
  });

  test("are written and hashed in pieces, also where the system takes fewer bytes at a time", async () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
    const written = new Uint8Array(1010);
    const write = async (
      source: Uint8Array,
      offset: number,
      length: number,
      position: number,
    ): Promise<{ bytesWritten: number }> => {
      const taken = Math.min(length, 37);
      written.set(source.subarray(offset, offset + taken), position);
      return { bytesWritten: taken };
    };
    await writeFully({ write: write as never }, bytes, 10, 100);
    expect(written.subarray(10)).toEqual(bytes);
    expect(updateHash(createHash("sha256"), bytes, 100).digest("hex")).toBe(
      createHash("sha256").update(bytes).digest("hex"),
    );
  });
});
