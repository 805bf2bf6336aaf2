import { InferenceSession } from "onnxruntime-node";
import { Graph } from "./graph.ts";
import type { ProviderOptions } from "./graphSession.ts";
import { encodeModel } from "./modelProto.ts";

const advice: Readonly<Record<ProviderOptions["provider"], string>> = {
  cpu: "",
  cuda: "CUDA needs Linux on x64, an NVIDIA driver, CUDA 12 with cuDNN 9, and onnxruntime-node installed with its CUDA libraries (ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node).",
  webgpu: "WebGPU needs a graphics driver (Vulkan, Metal or Direct3D 12).",
};

/** Throws when the provider cannot run a graph on this machine. */
export async function checkProvider(provider: ProviderOptions["provider"]): Promise<void> {
  const graph = new Graph();
  graph.output(graph.node("Neg", [graph.input("x", [1])], [1]), "y");
  try {
    const session = await InferenceSession.create(encodeModel(graph), { executionProviders: [provider], logSeverityLevel: 4 });
    await session.release();
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    throw new Error(`provider "${provider}" cannot be used on this machine (${reason}). ${advice[provider]} Or set policy.provider to "cpu".`, { cause: error });
  }
}
