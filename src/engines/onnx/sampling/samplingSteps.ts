import type { Numbers, Tensors, Precision, ProviderOptions } from "../../../onnx/graphSession.ts";
import { GraphSession, allocateNumbers, floatTensor, numbersTensor } from "../../../onnx/graphSession.ts";
import { HalfWeights, computeInHalfPrecision } from "../../../onnx/halfPrecision.ts";
import { KeyValueCache, cacheRowSize, cacheWidth } from "./keyValueCache.ts";
import type { ModelLayout } from "../model/lora.ts";
import type { ModelConfig } from "../model/modelConfig.ts";
import type { Parameter } from "../model/parameters.ts";
import type { ReplicaState } from "../replicas/replicaState.ts";
import { RotaryInputs } from "../model/rotaryInputs.ts";
import type { StepKind } from "./samplingAttention.ts";
import { SamplingBatch } from "./samplingBatch.ts";
import type { StepResult } from "./samplingBatch.ts";
import { buildSamplingGraph } from "./samplingGraph.ts";
import { fusedWeights } from "./samplingLayers.ts";

/** A cache of up to this many bytes is kept for the next batch: fresh memory costs more than a small model's step. */
const keptCacheBytes = 2 ** 26;

/** The sessions that run the steps of generation on one replica's weights, and the memory of their cache. */
export class SamplingSteps {
  readonly #config: ModelConfig;
  readonly #options: ProviderOptions;
  readonly #layout: ModelLayout;
  readonly #precision: Precision;
  readonly #weights: Tensors;
  /** Copies of the weights in float16; null in float32. */
  readonly #halves: HalfWeights | null;
  readonly #sessions = new Map<StepKind, Promise<GraphSession>>();
  readonly #rotary: RotaryInputs;
  #kept: readonly Numbers[] = [];
  #probabilities = new Float32Array(0);

  constructor(config: ModelConfig, state: ReplicaState, options: ProviderOptions) {
    this.#config = config;
    this.#rotary = new RotaryInputs(config);
    this.#options = options;
    this.#layout = state.layout;
    this.#precision = options.precision ?? "float32";
    const weights = samplingWeights(config, state);
    this.#halves = this.#precision === "float16" ? new HalfWeights(weights) : null;
    this.#weights = this.#halves?.tensors ?? weights;
  }

  /** An empty batch of up to `rows` sequences of up to `positions` tokens; it replaces the one before. */
  startBatch(rows: number, positions: number): SamplingBatch {
    this.#halves?.refresh();
    const cache = new KeyValueCache(
      this.#config,
      positions,
      this.#cacheArrays(rows * cacheRowSize(this.#config, positions)),
    );
    return new SamplingBatch({
      config: this.#config,
      rows,
      positions,
      cache,
      run: (kind, inputs, sizes) => this.#run(kind, inputs, { ...sizes, positions }),
    });
  }

  async close(): Promise<void> {
    for (const session of this.#sessions.values()) await (await session).close();
    this.#sessions.clear();
  }

  #cacheArrays(size: number): readonly Numbers[] {
    if ((this.#kept[0]?.length ?? 0) >= size) return this.#kept;
    const arrays = Array.from({ length: 2 * this.#config.layers }, () => allocateNumbers(this.#precision, size));
    if (arrays.length * size * Float32Array.BYTES_PER_ELEMENT <= keptCacheBytes) this.#kept = arrays;
    return arrays;
  }

  async #run(
    kind: StepKind,
    inputs: Tensors,
    { B, C, T, positions }: { B: number; C: number; T: number; positions: number },
  ): Promise<StepResult> {
    const { heads, keyValueHeads, layers, vocabularySize } = this.#config;
    const sizes = { B, C, T, Q: B * C, U: T + C, R: (C * heads) / keyValueHeads };
    if (this.#probabilities.length < B * vocabularySize) this.#probabilities = new Float32Array(B * vocabularySize);
    const probabilities = this.#probabilities.subarray(0, B * vocabularySize);
    const outputs: Tensors = { probabilities: floatTensor(probabilities, [B, vocabularySize]) };
    const states = allocateNumbers(
      this.#precision,
      kind === "decode" ? 0 : C * B * layers * 2 * cacheRowSize(this.#config, 1),
    );
    if (kind === "decode") Object.assign(outputs, writtenCache(inputs, layers));
    else outputs["states"] = numbersTensor(states, [B, keyValueHeads, 2 * layers * C, cacheWidth(this.#config)]);
    const session = await this.#session(kind);
    await session.runInto({ ...this.#weights, ...this.#rotary.of(positions), ...inputs }, sizes, outputs);
    return { probabilities, states };
  }

  #session(kind: StepKind): Promise<GraphSession> {
    const known = this.#sessions.get(kind);
    if (known !== undefined) return known;
    const graph = buildSamplingGraph(this.#config, this.#layout, kind);
    if (this.#precision === "float16") computeInHalfPrecision(graph);
    const created = GraphSession.create(graph, this.#options);
    this.#sessions.set(kind, created);
    return created;
  }
}

/** A decode step writes the cache where it reads it. */
function writtenCache(inputs: Tensors, layers: number): Tensors {
  const outputs: Tensors = {};
  for (let layer = 0; layer < layers; layer++) {
    outputs[`newKeys:${layer}`] = inputs[`keys:${layer}`] as Tensors[string];
    outputs[`newValues:${layer}`] = inputs[`values:${layer}`] as Tensors[string];
  }
  return outputs;
}

/** Views of the flat weights under the names of the sampling graph. */
function samplingWeights(config: ModelConfig, state: ReplicaState): Tensors {
  const tensors: Tensors = {};
  for (const parameter of state.parameters)
    tensors[parameter.name] = floatTensor(state.weight(parameter), parameter.dims);
  const parameters = new Map(state.parameters.map((parameter) => [parameter.name, parameter]));
  for (let layer = 0; layer < config.layers; layer++) {
    for (const [fused, parts] of Object.entries(fusedWeights)) {
      for (const kind of ["weight", "bias"]) {
        const found = parts
          .map((part) => parameters.get(`model.layers.${layer}.${part}.${kind}`))
          .filter((parameter) => parameter !== undefined);
        const view = adjoiningView(state, found);
        if (view !== null) tensors[`model.layers.${layer}.${fused}.${kind}`] = view;
        for (const part of found) delete tensors[part.name];
      }
    }
  }
  return tensors;
}

function adjoiningView(state: ReplicaState, parts: readonly Parameter[]): Tensors[string] | null {
  const [first] = parts;
  if (first === undefined) return null;
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const rows = parts.reduce((sum, part) => sum + (part.dims[0] ?? 0), 0);
  const values = state.layout.frozen.length > 0 ? state.frozenWeights : state.weights;
  return floatTensor(values.subarray(first.offset, first.offset + size), [rows, ...first.dims.slice(1)]);
}
