import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Part } from "../../parts/part.ts";
import type { FolderPolicy } from "../../policy/folderPolicy.ts";
import type { Engine } from "../engine.ts";
import type { OnnxPolicyOptions } from "../../policy/onnx/engine.ts";
import { checkpointsFolder, clearUnfinished } from "./checkpointFolder.ts";
import { OnnxSettings } from "./settings.ts";

/** The embedded engine: model folders, trained and sampled in this process by onnxruntime. */
export const onnx: Part<Engine, OnnxSettings> = {
  name: "onnx",
  describe: "embedded: model folders, trained and sampled in the worker's process",
  settings: OnnxSettings,
  create: (settings) => {
    // The engine is large: who only reads configurations does not load it.
    const openFolder = async (folder: string, reference = false): Promise<FolderPolicy> => {
      const { openOnnxPolicy } = await import("../../policy/onnx/openEngine.ts");
      return openOnnxPolicy({ folder, reference, ...optionsOf(settings) });
    };
    return {
      port: 1,
      label: `onnx/${settings.provider}`,
      capabilities: {
        trains: true,
        logProbabilities: true,
        weights: settings.lora === undefined ? "full" : "adapters",
        bitwise: true,
        idempotent: false,
        losses: ["cross-entropy", "policy-gradient", "sequence-policy-gradient"],
        reference: true,
      },
      models: "folder",
      microBatchTokens: settings.microBatchTokens,
      threads: settings.replicas * settings.threadsPerReplica,
      open: async ({ from, runFolder, reference }) => {
        const { RunFolderPolicy } = await import("./runFolderPolicy.ts");
        const folder = "base" in from ? from.base : join(runFolder, from.checkpoint);
        return new RunFolderPolicy(await openFolder(folder, reference), runFolder);
      },
      openFolder,
      tokenizer: async (runFolder, checkpoint) => {
        const { loadTokenizer } = await import("../../policy/tokenizer.ts");
        return loadTokenizer(join(runFolder, checkpoint));
      },
      remove: (runFolder, checkpoint) => rm(join(runFolder, checkpoint), { recursive: true, force: true }),
      sweep: (runFolder, patience) => clearUnfinished(join(runFolder, checkpointsFolder), patience),
    };
  },
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
