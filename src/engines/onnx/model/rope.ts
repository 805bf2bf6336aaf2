import type { ModelConfig } from "./modelConfig.ts";
import type { RopeScaling } from "./ropeConfig.ts";

export interface RotaryTables {
  /** [positions, headSize / 2] */
  readonly cosine: Float32Array;
  readonly sine: Float32Array;
}

/** Cosine and sine of position · frequency, frequency i = θ^(−2i ÷ headSize) (arXiv 2104.09864), scaled as Llama 3.1 or Gemma 3 do. */
export function rotaryTables(
  { headSize, ropeTheta, ropeScaling, gemma }: ModelConfig,
  positions: number,
): RotaryTables {
  const frequencies = plainFrequencies(headSize, ropeTheta).map((frequency) =>
    ropeScaling === null ? frequency / (gemma?.globalFactor ?? 1) : scaleFrequency(frequency, ropeScaling),
  );
  return tablesOf(frequencies, positions);
}

/** The tables of Gemma's local layers; null for models without such layers. */
export function localRotaryTables({ headSize, gemma }: ModelConfig, positions: number): RotaryTables | null {
  return gemma === null ? null : tablesOf(plainFrequencies(headSize, gemma.localTheta), positions);
}

function plainFrequencies(headSize: number, theta: number): number[] {
  return Array.from({ length: headSize / 2 }, (_, i) => theta ** ((-2 * i) / headSize));
}

function tablesOf(exact: readonly number[], positions: number): RotaryTables {
  const half = exact.length;
  const frequencies = exact.map(Math.fround);
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
