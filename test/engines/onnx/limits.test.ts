import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { checkMemory, estimateMemory, fitMicroBatchTokens } from "../../../src/engines/onnx/memory.ts";
import { parseModelConfig } from "../../../src/engines/onnx/model/modelConfig.ts";
import { Workbench, maskedTokens, trainingSequences } from "./support.ts";

const bench = new Workbench();
afterAll(() => bench.clear());

/** Shape of Llama 3.1 8B. */
const eightBillion = parseModelConfig(
  {
    model_type: "llama",
    vocab_size: 128_256,
    hidden_size: 4096,
    intermediate_size: 14_336,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    num_key_value_heads: 8,
    rms_norm_eps: 1e-5,
    max_position_embeddings: 131_072,
    hidden_act: "silu",
    rope_theta: 500_000,
  },
  "config.json",
);

describe("memory", () => {
  test("of weights, gradient and moments is four times the model on one replica", () => {
    const { weights, gradients, moments, exchange } = estimateMemory(eightBillion, null, {
      replicas: 1,
      microBatchTokens: 2048,
      recomputeActivations: false,
      reference: false,
      precision: "float32",
    });
    expect((weights + gradients + moments) / 4 / 2 ** 30).toBeCloseTo(29.9, 0);
    expect(exchange).toBe(0);
  });

  test("that a model cannot have is refused beforehand with the estimate", () => {
    expect(() =>
      checkMemory(
        estimateMemory(eightBillion, null, {
          replicas: 1,
          microBatchTokens: 2048,
          recomputeActivations: false,
          reference: false,
          precision: "float32",
        }),
        64 * 2 ** 30,
      ),
    ).toThrow(/about 1\d\d\.\d GiB.*weights 29\.9 GiB.*of which 64\.0 GiB are there.*LoRA/);
  });

  test("given as a budget makes micro-batches as large as it allows", () => {
    const settings = fc.record({
      replicas: fc.integer({ min: 1, max: 4 }),
      microBatchTokens: fc.integer({ min: 64, max: 40_000 }),
      recomputeActivations: fc.boolean(),
      reference: fc.boolean(),
      precision: fc.constantFrom("float32" as const, "float16" as const),
    });
    fc.assert(
      fc.property(settings, fc.double({ min: 31, max: 900, noNaN: true }), (asked, gibibytes) => {
        const budget = gibibytes * 2 ** 30;
        const needed = (microBatchTokens: number): number =>
          estimateMemory(eightBillion, null, { ...asked, microBatchTokens }).total;
        fc.pre(needed(64) <= budget);
        const tokens = fitMicroBatchTokens(eightBillion, null, asked, budget);
        expect(needed(tokens)).toBeLessThanOrEqual(budget);
        expect(tokens === asked.microBatchTokens || needed(tokens + 1) > budget).toBe(true);
      }),
    );
  });

  test("that is short makes micro-batches smaller, with the same gradient", async () => {
    const folder = await bench.model();
    const [ample, short] = [
      await bench.open({ folder, microBatchTokens: 1024 }),
      await bench.open({ folder, microBatchTokens: 1024, memoryBytes: 201 * 2 ** 20 }),
    ];
    expect(ample.fingerprint).toContain(" 1024 ");
    expect(short.fingerprint).not.toContain(" 1024 ");
    const sequences = trainingSequences(20);
    const batch = {
      sequences,
      loss: { kind: "cross-entropy" },
      lossDivisor: maskedTokens(sequences),
      temperature: 1,
    } as const;
    expect((await short.forwardBackward(batch)).loss).toBeCloseTo((await ample.forwardBackward(batch)).loss, 5);
  });

  test("is checked when a policy is opened", async () => {
    await expect(bench.open({ memoryBytes: 100 * 2 ** 20 })).rejects.toThrow(/of which 0\.1 GiB are there/);
  });
});

test.each(["cuda", "webgpu"] as const)(
  "a provider that this machine lacks is refused by name (%s)",
  async (provider) => {
    const opened = bench.open({ provider }).then(() => "usable", String);
    expect(await opened).toMatch(
      new RegExp(`^usable$|provider "${provider}" cannot be used on this machine.*policy.provider to "cpu"`, "s"),
    );
  },
);

test("float16 is refused on the CPU, which computes it in float32", async () => {
  await expect(bench.open({ precision: "float16" })).rejects.toThrow(
    /policy\.precision "float16".*provider "cpu".*Set policy\.precision to "float32"/,
  );
});
