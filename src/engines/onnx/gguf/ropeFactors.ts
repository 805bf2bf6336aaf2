/** Llama 3.1's customary settings; only the factor differs between its sizes (8; 32 in Llama 3.2). */
const customary = { low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 } as const;

/**
 * The rope_scaling of config.json that gives the factors which a GGUF file keeps in their place (rope_freqs.weight, [headSize / 2], each
 * divides its frequency); null where all are 1. Throws for factors of another kind.
 */
export function recoverRopeScaling(
  factors: Float32Array,
  theta: number,
  path: string,
): Readonly<Record<string, unknown>> | null {
  if (factors.every((factor) => factor === 1)) return null;
  const factor = factors.reduce((largest, one) => Math.max(largest, one), 1);
  const { low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: positions } = customary;
  const differing = factors.findIndex((given, i) => {
    const turns = (positions * theta ** (-i / factors.length)) / (2 * Math.PI);
    const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    const expected = 1 / (kept + (1 - kept) / factor);
    return !(Math.abs(given - expected) <= 1e-4 * expected);
  });
  if (differing === -1) return { rope_type: "llama3", factor, ...customary };
  throw new Error(
    `${path}: rope_freqs.weight is not that of Llama 3.1 (number ${differing}); other scalings of the rotary frequencies are not supported`,
  );
}
