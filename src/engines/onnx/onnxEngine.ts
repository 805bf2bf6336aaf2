import type { Part } from "../../parts/part.ts";
import type { OnnxPolicyOptions } from "./onnxPolicy.ts";
import type { Engine } from "../engine.ts";
import { folderEngine } from "../folders/folderEngine.ts";
import { OnnxSettings } from "./onnxSettings.ts";

/** The embedded engine: model folders, trained and sampled in this process by onnxruntime. */
export const onnx: Part<Engine, OnnxSettings> = {
  name: "onnx",
  describe: "embedded: model folders, trained and sampled in the worker's process",
  settings: OnnxSettings,
  create: (settings) =>
    folderEngine({
      label: `onnx/${settings.provider}`,
      capabilities: {
        weights: settings.lora === undefined ? "full" : "adapters",
        losses: ["cross-entropy", "policy-gradient", "sequence-policy-gradient"],
        reference: true,
      },
      microBatchTokens: settings.microBatchTokens,
      threads: settings.replicas * settings.threadsPerReplica,
      contextLength: async (folder) => {
        const { readModelConfig } = await import("./model/modelFolder.ts");
        return (await readModelConfig(folder)).maximumPositions;
      },
      // The engine is large: who only reads configurations does not load it.
      open: async (folder, reference) => {
        const { openOnnxPolicy } = await import("./openEngine.ts");
        return openOnnxPolicy({ folder, reference, ...optionsOf(settings) });
      },
    }),
};

function optionsOf({
  provider,
  replicas,
  threadsPerReplica,
  microBatchTokens,
  memoryBudget,
  precision = "float32",
  lora,
  recomputeActivations = false,
}: OnnxSettings): Omit<OnnxPolicyOptions, "folder" | "reference"> {
  return {
    provider,
    replicas,
    threadsPerReplica,
    microBatchTokens,
    precision,
    recomputeActivations,
    ...(memoryBudget === undefined ? {} : { memoryBytes: memoryBudget * 2 ** 30 }),
    ...(lora === undefined ? {} : { lora }),
  };
}
