import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openOnnxPolicy } from "../../../src/engines/onnx/openEngine.ts";
import type { OnnxPolicy } from "../../../src/engines/onnx/onnxPolicy.ts";
import { checkProvider } from "../../../src/onnx/provider.ts";
import { maskedTokens, sampleRequest, scriptedResponder, trainingSequences } from "./support.ts";

/** Compares the engine on WebGPU with the engine on the CPU; prints largest differences as JSON, or why WebGPU cannot be used. */
const folder = join(fileURLToPath(new URL("fixtures", import.meta.url)), "qwen3");
const sequences = trainingSequences(3);
const batch = {
  sequences,
  loss: { kind: "policy-gradient", clipLow: 0.2, clipHigh: 0.28, dualClip: 3 },
  lossDivisor: maskedTokens(sequences),
  temperature: 1,
} as const;
const requests = Array.from({ length: 2 }, (_, i) =>
  sampleRequest(String(i), [7, 8], { stopStrings: ["w9"], maxResponseTokens: 8 }),
);

async function results(
  provider: "cpu" | "webgpu",
): Promise<{ logProbabilities: number[]; gradients: number[][]; tokens: number[] }> {
  const policy: OnnxPolicy = await openOnnxPolicy({
    folder,
    provider,
    replicas: 1,
    threadsPerReplica: 1,
    microBatchTokens: 64,
  });
  const logProbabilities = (await policy.logProbabilities(sequences.map(({ tokens }) => tokens))).flatMap((values) => [
    ...values,
  ]);
  await policy.forwardBackward(batch);
  const gradients = [...(await policy.gradients()).values()].map((values) => [...values]);
  const sampled = await policy.sample(requests, scriptedResponder([12, 13]));
  await policy.close();
  return {
    logProbabilities,
    gradients,
    tokens: sampled.flatMap(({ segments }) => segments.flatMap(({ tokens }) => tokens)),
  };
}

function largestGap(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? NaN))));
}

const unusable = await checkProvider({ provider: "webgpu", threads: 1 }).then(() => null, String);
if (unusable === null) {
  const [cpu, gpu] = [await results("cpu"), await results("webgpu")];
  const gradients = cpu.gradients.map(
    (values, i) => largestGap(values, gpu.gradients[i] ?? []) / Math.max(...values.map(Math.abs)),
  );
  console.log(
    JSON.stringify({
      logProbabilities: largestGap(cpu.logProbabilities, gpu.logProbabilities),
      gradients: Math.max(...gradients),
      tokens: largestGap(cpu.tokens, gpu.tokens),
    }),
  );
} else {
  console.log(JSON.stringify({ unusable }));
}
