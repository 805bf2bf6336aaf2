import { totalmem } from "node:os";
import type { Precision } from "../../onnx/graphSession.ts";
import type { ModelConfig } from "./model/modelConfig.ts";
import { layOutModel } from "./model/lora.ts";
import type { LoraSettings } from "./model/lora.ts";
import { countParameters } from "./model/parameters.ts";

/** Bytes that training takes at most, by what they are for. */
export interface MemoryEstimate {
  readonly weights: number;
  readonly gradients: number;
  readonly moments: number;
  /** Weights of the policy that a KL term compares with. */
  readonly reference: number;
  /** Float16 copies of the weights for sampling. */
  readonly halves: number;
  /** Memory through which replicas exchange gradients and weights. */
  readonly exchange: number;
  /** Activations of one micro-batch on every replica. */
  readonly activations: number;
  readonly total: number;
}

export interface MemorySettings {
  readonly replicas: number;
  readonly microBatchTokens: number;
  readonly recomputeActivations: boolean;
  /** Whether a reference policy is kept for a KL term. */
  readonly reference: boolean;
  readonly precision: Precision;
}

const floatBytes = 4;
/** A process with onnxruntime and its loader, measured. */
const processBytes = 200 * 2 ** 20;
/** Memory that onnxruntime's allocator holds for what it hands out, measured on a model of 135 million weights. */
const allocatorGaps = 1.15;

/**
 * Estimates the memory of training: what is kept of a micro-batch's forward pass for the backward pass, plus what the
 * largest layer needs besides.
 */
export function estimateMemory(
  config: ModelConfig,
  lora: LoraSettings | null,
  settings: MemorySettings,
): MemoryEstimate {
  const { replicas, microBatchTokens, recomputeActivations } = settings;
  const layout = layOutModel(config, lora);
  const frozen = countParameters(layout.frozen) * floatBytes;
  const learning = countParameters(layout.trained) * floatBytes;
  const queryWidth = config.heads * config.headSize;
  const keyWidth = config.keyValueHeads * config.headSize;
  const length = Math.min(microBatchTokens, config.maximumPositions);
  const gemma = config.gemma !== null;
  // Per token and layer: residuals, projections after positions, the attention's result, the parts of SwiGLU; Gemma keeps what its two norms more are of.
  const keptOfLayer = (gemma ? 4 : 2) * config.hiddenSize + 3 * queryWidth + 3 * keyWidth + 2 * config.feedForwardSize;
  // What is computed again of the layer that is at work: norms, products, attention shares of causal blocks; and its gradients.
  const atWork =
    7 * config.hiddenSize + 3 * queryWidth + 4 * keyWidth + 7 * config.feedForwardSize + 0.6 * config.heads * length;
  const head = 3 * config.vocabularySize;
  const kept = config.layers * (recomputeActivations ? config.hiddenSize : keptOfLayer);
  const activations = microBatchTokens * (kept + atWork + head) * floatBytes * allocatorGaps;
  const parts = {
    weights: replicas * (frozen + learning),
    gradients: replicas * learning,
    moments: 2 * learning,
    reference: settings.reference ? replicas * learning : 0,
    halves: settings.precision === "float16" ? (replicas * (frozen + learning)) / 2 : 0,
    exchange: replicas > 1 ? replicas * learning : 0,
    activations: replicas * activations,
  };
  return { ...parts, total: processBytes + Object.values(parts).reduce((sum, bytes) => sum + bytes, 0) };
}

/** Fewest tokens of a micro-batch that are tried. */
const leastTokens = 64;

/**
 * Tokens of a micro-batch: as many as wanted, or the most whose estimate keeps to `available` bytes. Throws when not even
 * a small one fits. Depends on its arguments alone.
 */
export function fitMicroBatchTokens(
  config: ModelConfig,
  lora: LoraSettings | null,
  settings: MemorySettings,
  available: number,
): number {
  const estimateOf = (tokens: number): MemoryEstimate =>
    estimateMemory(config, lora, { ...settings, microBatchTokens: tokens });
  const wanted = settings.microBatchTokens;
  if (estimateOf(wanted).total <= available) return wanted;
  checkMemory(estimateOf(Math.min(leastTokens, wanted)), available);
  let [fits, exceeds] = [Math.min(leastTokens, wanted), wanted];
  while (exceeds - fits > 1) {
    const middle = Math.floor((fits + exceeds) / 2);
    if (estimateOf(middle).total <= available) fits = middle;
    else exceeds = middle;
  }
  return fits;
}

/** Memory that this process may use: the machine's, or its container's limit. */
export function availableMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** Throws when the estimate exceeds the memory there is. */
export function checkMemory(estimate: MemoryEstimate, available: number): void {
  if (estimate.total <= available) return;
  const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const { total, ...parts } = estimate;
  const list = Object.entries(parts)
    .map(([name, bytes]) => `${name} ${gigabytes(bytes)}`)
    .join(", ");
  throw new Error(
    `the model needs about ${gigabytes(total)} of memory (${list}), of which ${gigabytes(available)} are there; ` +
      "take fewer replicas, LoRA, a larger policy.memoryBudget where there is more, or a smaller model",
  );
}
