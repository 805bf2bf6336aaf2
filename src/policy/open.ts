import type { z } from "zod";
import type { PolicyConfiguration } from "../configuration/configuration.ts";
import { openOnnxPolicy } from "./onnx/openEngine.ts";
import type { Policy } from "./port.ts";

export interface OpenOptions {
  /** Whether losses will have a KL term, which keeps a reference policy in memory. */
  readonly reference?: boolean;
}

/** Opens the configured engine on a model folder. */
export function openPolicy(
  configuration: z.infer<typeof PolicyConfiguration>,
  folder: string,
  { reference = false }: OpenOptions = {},
): Promise<Policy> {
  const {
    provider,
    replicas,
    threadsPerReplica,
    microBatchTokens,
    lora,
    recomputeActivations = false,
    memoryBudget,
    precision = "float32",
  } = configuration;
  return openOnnxPolicy({
    folder,
    provider,
    replicas,
    threadsPerReplica,
    microBatchTokens,
    recomputeActivations,
    reference,
    precision,
    ...(memoryBudget === undefined ? {} : { memoryBytes: memoryBudget * 2 ** 30 }),
    ...(lora === undefined ? {} : { lora }),
  });
}
