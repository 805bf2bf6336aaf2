import { z } from "zod";
import { most } from "../../configuration/bounds.ts";

/** Low-rank adapters in place of all weights (arXiv 2106.09685). */
const LoraSettings = z.strictObject({
  rank: z.number().int().min(1).max(1024),
  alpha: z
    .number()
    .positive()
    .max(...most(65_536, "a larger factor swamps the weights that the adapters adapt")),
  targetModules: z.array(z.enum(["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"])).min(1),
});

/** Settings of the embedded engine, in `policy` beside `engine` and `model`. */
export const OnnxSettings = z.strictObject({
  provider: z.enum(["cpu", "cuda", "webgpu"]),
  /** Engine replicas that share each batch (data parallel), each with its own threads. */
  replicas: z.number().int().min(1).max(64),
  threadsPerReplica: z.number().int().min(1).max(256),
  /** Padded tokens that one forward–backward pass may hold at most. */
  microBatchTokens: z
    .number()
    .int()
    .min(64)
    .max(...most(2 ** 24, "no device holds the activations of more tokens at once")),
  /** Memory in GiB that the engine may take, to which micro-batches are made to keep; all that the machine or its container has when left out. */
  memoryBudget: z
    .number()
    .positive()
    .max(...most(65_536, "GiB are meant, not bytes"))
    .optional(),
  /** What sampling computes in; "float16" needs a graphics card that has it. Weights, training and log-probabilities stay float32. */
  precision: z.enum(["float32", "float16"]).optional(),
  /** Learn adapters only; all weights when left out. */
  lora: LoraSettings.optional(),
  /** Compute activations again in the backward pass instead of keeping them: less memory for about a third more work. */
  recomputeActivations: z.boolean().optional(),
});
export type OnnxSettings = z.infer<typeof OnnxSettings>;
