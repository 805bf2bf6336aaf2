import type { ModelConfig } from "./modelConfig.ts";
import type { RopeScaling } from "./ropeConfig.ts";

export interface RotaryTables {
  /** [positions, headSize / 2] */
  readonly cosine: Float32Array;
  readonly sine: Float32Array;
}

/** Cosine and sine of position · frequency, frequency i = θ^(−2i ÷ headSize) (arXiv 2104.09864), scaled as Llama 3.1 does. */
export function rotaryTables(config: ModelConfig, positions: number): RotaryTables {
  const half = config.headSize / 2;
  const frequencies = Array.from({ length: half }, (_, i) => {
    const frequency = config.ropeTheta ** ((-2 * i) / config.headSize);
    return Math.fround(config.ropeScaling === null ? frequency : scaleFrequency(frequency, config.ropeScaling));
  });
  const cosine = new Float32Array(positions * half);
  const sine = new Float32Array(positions * half);
  for (let position = 0; position < positions; position++) {
    frequencies.forEach((frequency, i) => {
      const angle = Math.fround(position * frequency);
      cosine[position * half + i] = Math.cos(angle);
      sine[position * half + i] = Math.sin(angle);
    });
  }
  return { cosine, sine };
}

/** Long wavelengths are stretched by the factor, short ones kept, those between interpolated. */
function scaleFrequency(frequency: number, scaling: RopeScaling): number {
  const turns = (scaling.originalPositions * frequency) / (2 * Math.PI);
  const share = (turns - scaling.lowFrequencyFactor) / (scaling.highFrequencyFactor - scaling.lowFrequencyFactor);
  const kept = Math.min(1, Math.max(0, share));
  return kept * frequency + ((1 - kept) * frequency) / scaling.factor;
}
