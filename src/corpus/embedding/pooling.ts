import type { EncoderConfig } from "./encoderConfig.ts";
import type { TokenBatch } from "./tokenBatch.ts";

/** One vector a text from the hidden states of its tokens ([rows, tokens, hidden]). */
export function poolHidden(
  hidden: Float32Array,
  { mask, rows, tokens }: TokenBatch,
  config: Pick<EncoderConfig, "hiddenSize" | "pooling" | "normalise">,
): Float32Array {
  const { hiddenSize } = config;
  const vectors = new Float32Array(rows * hiddenSize);
  for (let row = 0; row < rows; row++) {
    const vector = vectors.subarray(row * hiddenSize, (row + 1) * hiddenSize);
    let count = 0;
    for (let token = 0; token < tokens; token++) {
      const used = config.pooling === "first" ? token === 0 : mask[row * tokens + token] === 1;
      if (!used) continue;
      count += 1;
      const start = (row * tokens + token) * hiddenSize;
      for (let i = 0; i < hiddenSize; i++) vector[i] = (vector[i] ?? 0) + (hidden[start + i] ?? 0);
    }
    scale(vector, 1 / Math.max(count, 1));
    if (config.normalise) scale(vector, 1 / Math.max(Math.hypot(...vector), 1e-12));
  }
  return vectors;
}

function scale(vector: Float32Array, factor: number): void {
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) * factor;
}
