import { add, gatherRows, joinHeads, multiply, reshape, transpose } from "./differentiation/arithmetic.ts";
import { CausalAttention } from "./differentiation/causalAttention.ts";
import { geluMultiply, linear, rmsNorm, rotary, siluMultiply } from "./differentiation/layers.ts";
import type { Tape } from "./differentiation/tape.ts";
import type { Value } from "../../../onnx/graph.ts";
import { adapterNames } from "../model/lora.ts";
import { queryScaleOf, type ModelConfig } from "../model/modelConfig.ts";
import { finalNormName } from "../model/parameters.ts";

/** A value that must be there. */
export function valueOf(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name);
  if (value === undefined) throw new Error(`no value "${name}"`);
  return value;
}

/** The decoder's layers on a tape: x [N, hidden] → x [N, hidden]. */
export class TrainingDecoder {
  readonly #tape: Tape;
  readonly #config: ModelConfig;
  readonly #weights: ReadonlyMap<string, Value>;
  readonly #adapterScale: number;
  readonly #recompute: boolean;
  readonly #causalAttention: CausalAttention;
  readonly #cosine: Value;
  readonly #sine: Value;
  /** Rotary tables of Gemma's local layers; null in other models. */
  readonly #local: { readonly cosine: Value; readonly sine: Value } | null;

  constructor(
    tape: Tape,
    config: ModelConfig,
    weights: ReadonlyMap<string, Value>,
    adapterScale: number,
    options: { blocks: number; recompute: boolean },
  ) {
    this.#tape = tape;
    this.#config = config;
    this.#weights = weights;
    this.#adapterScale = adapterScale;
    this.#recompute = options.recompute;
    const half = config.headSize / 2;
    this.#cosine = tape.graph.input("cosine", ["P", half]);
    this.#sine = tape.graph.input("sine", ["P", half]);
    this.#local =
      config.gemma === null
        ? null
        : {
            cosine: tape.graph.input("localCosine", ["P", half]),
            sine: tape.graph.input("localSine", ["P", half]),
          };
    this.#causalAttention = new CausalAttention(
      tape,
      tape.graph.input("mask", ["S", "S"]),
      queryScaleOf(config),
      options.blocks,
    );
  }

  /**
   * All layers and the last norm: [N, hidden] → [M, hidden] of the wanted rows. After the last attention tokens no longer
   * meet, so that only wanted rows go on from there.
   */
  forward(embedded: Value, wanted: Value): Value {
    const { layers } = this.#config;
    let x = embedded;
    for (let layer = 0; layer < layers - 1; layer++) {
      const compute = (input: Value): Value => this.#feedForward(input, this.#attention(input, layer), layer);
      x = this.#recompute ? this.#tape.recomputed(x, compute) : compute(x);
    }
    const last = layers - 1;
    const attended = this.#attention(x, last);
    x = this.#feedForward(gatherRows(this.#tape, x, wanted), gatherRows(this.#tape, attended, wanted), last);
    return this.#norm(x, valueOf(this.#weights, finalNormName));
  }

  /** Attention of all heads before its output projection: [N, heads · size]. */
  #attention(x: Value, layer: number): Value {
    const tape = this.#tape;
    const { heads, keyValueHeads, headSize } = this.#config;
    const normalised = this.#norm(x, this.#weight(layer, "input_layernorm.weight"));
    const headed = (name: string, count: number): Value => {
      const projected = this.#project(normalised, layer, `self_attn.${name}`);
      return transpose(tape, reshape(tape, projected, ["B", "S", count, headSize]), [0, 2, 1, 3]);
    };
    const query = this.#position(headed("q_proj", heads), layer, "self_attn.q_norm.weight");
    const key = this.#position(headed("k_proj", keyValueHeads), layer, "self_attn.k_norm.weight");
    const value = headed("v_proj", keyValueHeads);
    return joinHeads(tape, this.#causalAttention.apply(query, key, value));
  }

  /** The rest of a layer, row by row. */
  #feedForward(residual: Value, attended: Value, layer: number): Value {
    const tape = this.#tape;
    const projected = this.#project(attended, layer, "self_attn.o_proj");
    const gemma = this.#config.gemma !== null;
    const after = this.#weight(layer, "post_attention_layernorm.weight");
    const x = add(tape, residual, gemma ? this.#norm(projected, after) : projected);
    const middle = this.#norm(x, gemma ? this.#weight(layer, "pre_feedforward_layernorm.weight") : after);
    const gated = (gemma ? geluMultiply : siluMultiply)(
      tape,
      this.#project(middle, layer, "mlp.gate_proj"),
      this.#project(middle, layer, "mlp.up_proj"),
    );
    const down = this.#project(gated, layer, "mlp.down_proj");
    return add(tape, x, gemma ? this.#norm(down, this.#weight(layer, "post_feedforward_layernorm.weight")) : down);
  }

  /** Gemma keeps its norms' weights less 1. */
  #norm(x: Value, weight: Value): Value {
    const factor = this.#config.gemma === null ? weight : add(this.#tape, weight, this.#tape.graph.scalar(1));
    return rmsNorm(this.#tape, x, factor, this.#config.normEpsilon);
  }

  #project(input: Value, layer: number, name: string): Value {
    const tape = this.#tape;
    const plain = linear(tape, input, this.#weight(layer, `${name}.weight`), this.#optional(layer, `${name}.bias`));
    const { a, b } = adapterNames(name);
    if (this.#optional(layer, a) === null) return plain;
    const narrow = multiply(
      tape,
      linear(tape, input, this.#weight(layer, a), null),
      tape.graph.scalar(this.#adapterScale),
    );
    return add(tape, plain, linear(tape, narrow, this.#weight(layer, b), null));
  }

  /** Rotary positions, after the head's norm where the model has one. */
  #position(value: Value, layer: number, norm: string): Value {
    const weight = this.#optional(layer, norm);
    const scaled = weight === null ? value : this.#norm(value, weight);
    const local = this.#config.gemma?.localLayers[layer] === true ? this.#local : null;
    return rotary(this.#tape, scaled, local?.cosine ?? this.#cosine, local?.sine ?? this.#sine);
  }

  #weight(layer: number, name: string): Value {
    return valueOf(this.#weights, `model.layers.${layer}.${name}`);
  }

  #optional(layer: number, name: string): Value | null {
    return this.#weights.get(`model.layers.${layer}.${name}`) ?? null;
  }
}
