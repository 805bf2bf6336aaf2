import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OnnxPolicy } from "../../../src/engines/onnx/onnxPolicy.ts";
import { Workbench, adamw, sampleRequest } from "./support.ts";

/** A local and a global layer, whose positions turn by different bases; torch.test.ts compares its training with PyTorch. */
const fixture = fileURLToPath(new URL("fixtures/gemma3", import.meta.url));
const lora = { rank: 2, alpha: 4, targetModules: ["q_proj", "v_proj", "gate_proj", "down_proj"] } as const;

const bench = new Workbench();
let policy: OnnxPolicy;
beforeAll(async () => {
  policy = await bench.open({ folder: fixture });
});
afterAll(() => bench.clear());

const prompts = [
  [7, 8, 9, 10, 11],
  [12, 13],
  [7, 8, 9, 10, 11],
];
const requests = prompts.map((prompt, index) => ({
  ...sampleRequest(`${index}`, prompt),
  maxResponseTokens: 40,
  stopStrings: Array.from({ length: 8 }, (_, i) => `w${20 + i}`),
}));
const documents = {
  respond: async (stopped: readonly unknown[]) =>
    stopped.map(() => ({ kind: "continue", tokens: [30, 31, 32] }) as const),
};

describe("a Gemma 3 model", () => {
  test("samples at the log-probabilities that training computes: prompts, answers of tools, single tokens", async () => {
    const sequences = await policy.sample(requests, documents);
    const texts = sequences.map(({ segments }, i) => [
      ...(prompts[i] ?? []),
      ...segments.flatMap(({ tokens }) => [...tokens]),
    ]);
    const computed = await policy.logProbabilities(texts);
    const gaps = sequences.flatMap(({ segments }, i) => {
      const sampled = segments.flatMap(({ origin, tokens, logProbabilities }) =>
        origin === "policy" ? [...logProbabilities] : tokens.map(() => null),
      );
      const start = prompts[i]?.length ?? 0;
      return sampled.flatMap((value, t) =>
        value === null ? [] : [Math.abs(value - (computed[i]?.[start + t] ?? NaN))],
      );
    });
    expect(sequences.flatMap(({ segments }) => segments).some(({ origin }) => origin === "environment")).toBe(true);
    expect(gaps.length).toBeGreaterThan(40);
    expect(Math.max(...gaps)).toBeLessThan(1e-4);
  });

  test("learns with adapters, which change what it says and come back from being saved", async () => {
    const adapted = await bench.open({ folder: fixture, lora: { ...lora, targetModules: [...lora.targetModules] } });
    const tokens = [5, 6, 7, 8, 9, 10];
    const sequence = {
      tokens,
      lossMask: tokens.map((_, t) => (t === 0 ? 0 : 1)),
      sampledLogProbabilities: tokens.map(() => 0),
      advantage: 0,
    };
    const [before] = await adapted.logProbabilities([tokens]);
    for (let step = 0; step < 3; step++) {
      await adapted.forwardBackward({
        sequences: [sequence],
        loss: { kind: "cross-entropy" },
        lossDivisor: 5,
        temperature: 1,
      });
      await adapted.optimizerStep(adamw);
    }
    const [after] = await adapted.logProbabilities([tokens]);
    const sum = (values: ArrayLike<number> | undefined): number => Array.from(values ?? []).reduce((a, b) => a + b, 0);
    expect(sum(after)).toBeGreaterThan(sum(before) + 0.1);
    const saved = await bench.folder();
    await adapted.save(saved);
    expect(await (await bench.open({ folder: saved })).logProbabilities([tokens])).toEqual([after]);
  });

  test("takes no prompt beyond the window of its local layers", async () => {
    const request = {
      ...sampleRequest(
        "long",
        Array.from({ length: 60 }, () => 5),
      ),
      maxResponseTokens: 5,
    };
    await expect(policy.sample([request], documents)).rejects.toThrow(/64/u);
  });

  test("is refused in float16", async () => {
    await expect(bench.open({ folder: fixture, precision: "float16" })).rejects.toThrow(/float16.*Gemma 3/u);
  });

  test("with soft caps is refused by their name", async () => {
    const folder = await bench.folder();
    await cp(fixture, folder, { recursive: true });
    const path = join(folder, "config.json");
    const config = JSON.parse(await readFile(path, "utf8")) as object;
    await writeFile(path, JSON.stringify({ ...config, final_logit_softcapping: 30 }));
    await expect(bench.open({ folder })).rejects.toThrow(/final_logit_softcapping/u);
  });
});
