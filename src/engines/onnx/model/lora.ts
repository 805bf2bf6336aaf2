import { randomStream } from "../../../domain/seed.ts";
import type { ModelConfig } from "./modelConfig.ts";
import { layOutParameters, placeParameters } from "./parameters.ts";
import type { Parameter } from "./parameters.ts";

/** Projections that can have an adapter, and the part of the layer they stand in. */
export const adaptableModules = {
  q_proj: "self_attn",
  k_proj: "self_attn",
  v_proj: "self_attn",
  o_proj: "self_attn",
  gate_proj: "mlp",
  up_proj: "mlp",
  down_proj: "mlp",
} as const;
export type AdaptableModule = keyof typeof adaptableModules;

/** Low-rank adapters (arXiv 2106.09685): each chosen projection W becomes W + (alpha ÷ rank) · B · A. Only A and B are trained. */
export interface LoraSettings {
  readonly rank: number;
  readonly alpha: number;
  readonly targetModules: readonly AdaptableModule[];
}

/** Weights that stay as they are, and weights that learn; each kind in a flat array of its own. */
export interface ModelLayout {
  readonly frozen: readonly Parameter[];
  readonly trained: readonly Parameter[];
  /** alpha ÷ rank; 0 without adapters. */
  readonly adapterScale: number;
}

/** All weights learn, or with LoRA only the adapters. */
export function layOutModel(config: ModelConfig, lora: LoraSettings | null): ModelLayout {
  const base = layOutParameters(config);
  if (lora === null) return { frozen: [], trained: base, adapterScale: 0 };
  return { frozen: base, trained: placeParameters(adapterShapes(base, lora)), adapterScale: lora.alpha / lora.rank };
}

/** Names of a projection's adapter: "….q_proj" → "….q_proj.lora_A.weight" [rank, in] and "….q_proj.lora_B.weight" [out, rank]. */
export function adapterNames(projection: string): { readonly a: string; readonly b: string } {
  return { a: `${projection}.lora_A.weight`, b: `${projection}.lora_B.weight` };
}

/** Fresh adapters change nothing: B is 0; A is uniform in ±√(1 ÷ in), as PEFT makes it, and depends on its name alone. */
export function initialAdapter({ name, dims, size }: Parameter): Float32Array {
  if (name.endsWith("lora_B.weight")) return new Float32Array(size);
  const random = randomStream(["lora", name]);
  const bound = Math.sqrt(1 / (dims[1] ?? 1));
  return Float32Array.from({ length: size }, () => (2 * random.uniform() - 1) * bound);
}

function adapterShapes(base: readonly Parameter[], lora: LoraSettings): [string, number[]][] {
  return base.flatMap(({ name, dims }): [string, number[]][] => {
    const module = lora.targetModules.find((candidate) =>
      name.endsWith(`.${adaptableModules[candidate]}.${candidate}.weight`),
    );
    if (module === undefined) return [];
    const { a, b } = adapterNames(name.slice(0, -".weight".length));
    return [
      [a, [lora.rank, dims[1] ?? 0]],
      [b, [dims[0] ?? 0, lora.rank]],
    ];
  });
}
