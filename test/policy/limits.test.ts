import { afterAll, describe, expect, test } from "vitest";
import { checkMemory, estimateMemory } from "../../src/policy/onnx/memory.ts";
import { parseModelConfig } from "../../src/policy/onnx/modelConfig.ts";
import { Workbench } from "./support.ts";

const bench = new Workbench();
afterAll(() => bench.clear());

/** Shape of Llama 3.1 8B. */
const eightBillion = parseModelConfig({
  model_type: "llama", vocab_size: 128_256, hidden_size: 4096, intermediate_size: 14_336, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 8,
  rms_norm_eps: 1e-5, max_position_embeddings: 131_072, hidden_act: "silu", rope_theta: 500_000,
}, "config.json");

describe("memory", () => {
  test("of weights, gradient and moments is four times the model on one replica", () => {
    const { weights, gradients, moments, exchange } = estimateMemory(eightBillion, null, { replicas: 1, microBatchTokens: 2048, recomputeActivations: false, reference: false });
    expect((weights + gradients + moments) / 4 / 2 ** 30).toBeCloseTo(29.9, 0);
    expect(exchange).toBe(0);
  });

  test("that a model cannot have is refused beforehand with the estimate", () => {
    expect(() => checkMemory(estimateMemory(eightBillion, null, { replicas: 1, microBatchTokens: 2048, recomputeActivations: false, reference: false }), 64 * 2 ** 30)).toThrow(/about 1\d\d\.\d GiB.*weights 29\.9 GiB.*of which 64\.0 GiB are there.*microBatchTokens/);
  });

  test("is checked when a policy is opened", async () => {
    await expect(bench.open({ memoryBytes: 100 * 2 ** 20 })).rejects.toThrow(/of which 0\.1 GiB are there/);
  });
});

test.each(["cuda", "webgpu"] as const)("a provider that this machine lacks is refused by name (%s)", async (provider) => {
  const opened = bench.open({ provider }).then(() => "usable", String);
  expect(await opened).toMatch(new RegExp(`^usable$|provider "${provider}" cannot be used on this machine.*policy.provider to "cpu"`, "s"));
});
