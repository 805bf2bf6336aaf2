import "../launch/quietRuntime.mjs";
import { InferenceSession } from "onnxruntime-node";
import { Graph } from "./graph.ts";
import { numbersTensor } from "./graphSession.ts";
import type { Precision, ProviderOptions } from "./graphSession.ts";
import { encodeModel } from "./modelProto.ts";

const advice: Readonly<Record<ProviderOptions["provider"], string>> = {
  cpu: "",
  cuda: "CUDA needs Linux on x64, an NVIDIA driver, CUDA 12 with cuDNN 9, and onnxruntime-node installed with its CUDA libraries (ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node).",
  webgpu: "WebGPU needs a graphics driver (Vulkan, Metal or Direct3D 12).",
};

/** Throws when the provider cannot run a graph on this machine, or not in the precision wanted. */
export async function checkProvider({ provider, precision = "float32" }: ProviderOptions): Promise<void> {
  try {
    await runTiny(provider, "float32");
  } catch (error) {
    throw new Error(
      `provider "${provider}" cannot be used on this machine (${reasonOf(error)}). ${advice[provider]} Or set policy.provider to "cpu".`,
      { cause: error },
    );
  }
  if (precision === "float32") return;
  // onnxruntime's CPU converts to float32 and back around what it cannot compute: slower, and less exact.
  const reason =
    provider === "cpu"
      ? "it computes in float32 all the same"
      : await runTiny(provider, precision).then(() => null, reasonOf);
  if (reason !== null)
    throw new Error(
      `policy.precision "float16" cannot be used with provider "${provider}" on this machine (${reason}). Set policy.precision to "float32".`,
    );
}

async function runTiny(provider: ProviderOptions["provider"], precision: Precision): Promise<void> {
  const graph = new Graph();
  graph.output(graph.node("Neg", [graph.input("x", [1], precision)], [1]), "y");
  const session = await InferenceSession.create(encodeModel(graph), {
    executionProviders: [provider],
    logSeverityLevel: 4,
  });
  try {
    await session.run({ x: numbersTensor(precision === "float32" ? new Float32Array(1) : new Uint16Array(1), [1]) });
  } finally {
    await session.release();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.trim() : String(error);
}
