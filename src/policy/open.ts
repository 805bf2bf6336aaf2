import type { z } from "zod";
import type { PolicyConfiguration } from "../curriculum/configuration.ts";
import { openOnnxPolicy } from "./onnx/engine.ts";
import type { Policy } from "./port.ts";

/** Opens the configured engine on a model folder. */
export function openPolicy(configuration: z.infer<typeof PolicyConfiguration>, folder: string): Promise<Policy> {
  const { provider, replicas, threadsPerReplica, microBatchTokens, lora, recomputeActivations = false } = configuration;
  return openOnnxPolicy({ folder, provider, replicas, threadsPerReplica, microBatchTokens, recomputeActivations, ...(lora === undefined ? {} : { lora }) });
}
