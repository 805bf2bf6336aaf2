import { emptyMetrics } from "../../../policy/forwardBackwardMetrics.ts";
import type { ForwardBackwardMetrics, Loss } from "../../../policy/port.ts";
import { lossInputs, measureLoss, sumOfEstimates } from "./microBatchLoss.ts";
import type { LossSettings } from "./microBatchLoss.ts";
import type { Tensors } from "../../../onnx/graphSession.ts";
import { GraphSession, floatTensor, floats, integerTensor } from "../../../onnx/graphSession.ts";
import type { ProviderOptions, RunMemory } from "../../../onnx/graphSession.ts";
import type { MicroBatch } from "./microBatch.ts";
import type { ModelConfig } from "../model/modelConfig.ts";
import { countParameters, embeddingName, headName } from "../model/parameters.ts";
import type { Parameter } from "../model/parameters.ts";
import type { ReplicaState, WeightOwner } from "../replicas/replicaState.ts";
import { RotaryInputs } from "../model/rotaryInputs.ts";
import {
  accumulatorPrefix,
  attentionBlocks,
  bindSizes,
  buildTrainingGraph,
  embeddingRowsGradient,
  gradientPrefix,
  headRowsGradient,
  lossTerms,
  trainedInGraph,
} from "./trainingGraph.ts";

/** Added to attention scores that a token must not see. */
const hidden = -1e9;

/**
 * Weights, in bytes, from which the memory of runs is given back. Each attention length has a session, and each would keep the most that any
 * run took: gigabytes with a model of 135 million weights. With small ones it is little, and getting it anew costs a tenth of an update.
 */
const largeModelBytes = 2 ** 28;

/** Runs micro-batches on one replica's weights. */
export class Trainer {
  readonly #config: ModelConfig;
  readonly #state: ReplicaState;
  readonly #options: ProviderOptions;
  readonly #recompute: boolean;
  readonly #memory: RunMemory;
  readonly #embedding: Parameter;
  readonly #head: Parameter;
  /** Whether the tokens' vectors (embedding and output head) learn: not with adapters. */
  readonly #learnsVectors: boolean;
  readonly #sessions = new Map<string, Promise<GraphSession>>();
  readonly #rotary: RotaryInputs;
  #mask: { readonly length: number; readonly values: Float32Array } = { length: 0, values: new Float32Array(0) };

  constructor(config: ModelConfig, state: ReplicaState, options: ProviderOptions, recompute: boolean) {
    this.#recompute = recompute;
    this.#config = config;
    this.#rotary = new RotaryInputs(config);
    this.#state = state;
    this.#options = options;
    const weights = countParameters(state.parameters) * Float32Array.BYTES_PER_ELEMENT;
    this.#memory = weights < largeModelBytes ? "kept" : "given-back";
    const named = (name: string): Parameter => {
      const parameter = state.parameters.find((candidate) => candidate.name === name);
      if (parameter === undefined) throw new Error(`no parameter "${name}"`);
      return parameter;
    };
    this.#learnsVectors = state.layout.frozen.length === 0;
    this.#embedding = named(embeddingName);
    this.#head = named(config.tiedEmbeddings ? embeddingName : headName);
  }

  /** Log-probabilities of the wanted tokens (temperature 1), in their order. */
  async logProbabilities(batch: MicroBatch): Promise<Float32Array> {
    if (batch.lossRows.length === 0) return new Float32Array(0);
    const session = await this.#session(null, batch.length);
    const outputs = await session.run(this.#inputs(batch, 1), this.#sizes(batch));
    return floats(outputs["logProbability"]);
  }

  /** Adds the gradient of the micro-batch's loss to the state's gradient. */
  async forwardBackward(batch: MicroBatch, settings: LossSettings): Promise<ForwardBackwardMetrics> {
    if (batch.lossRows.length === 0) return emptyMetrics;
    if (!batch.learns) return this.#measureOnly(batch, settings);
    const reference = lossTerms(settings.loss).kl
      ? await this.#referenceLogProbabilities(batch, settings.temperature)
      : null;
    const session = await this.#session(settings.loss, batch.length);
    const inputs = { ...this.#inputs(batch, settings.temperature), ...lossInputs(batch, settings, reference) };
    const { hiddenSize } = this.#config;
    const wanted = batch.lossRows.length;
    const results = {
      logProbability: new Float32Array(wanted),
      entropy: new Float32Array(wanted),
      loss: new Float32Array(1),
      tokenRows: new Float32Array(batch.tokens.length * hiddenSize),
      targetRows: new Float32Array(wanted * hiddenSize),
    };
    const outputs: Tensors = {
      logProbability: floatTensor(results.logProbability, [wanted, 1]),
      entropy: floatTensor(results.entropy, [wanted, 1]),
      loss: floatTensor(results.loss, [1, 1]),
    };
    if (this.#learnsVectors) {
      outputs[embeddingRowsGradient] = floatTensor(results.tokenRows, [batch.tokens.length, hiddenSize]);
      outputs[headRowsGradient] = floatTensor(results.targetRows, [wanted, hiddenSize]);
    }
    for (const parameter of trainedInGraph(this.#config, this.#state.layout)) {
      const tensor = floatTensor(this.#state.weightGradient(parameter), parameter.dims);
      outputs[`${gradientPrefix}${parameter.name}`] = tensor;
      inputs[`${accumulatorPrefix}${parameter.name}`] = tensor;
    }
    await session.runInto(inputs, this.#sizes(batch), outputs);
    if (this.#learnsVectors) {
      this.#addRows(this.#embedding, batch.tokens, results.tokenRows);
      this.#addRows(this.#head, batch.targets, results.targetRows);
    }
    const metrics = measureLoss(batch, settings, results.logProbability, results.entropy, results.loss[0] ?? 0);
    return reference === null
      ? metrics
      : { ...metrics, klReferenceSum: sumOfEstimates(reference, results.logProbability) };
  }

  async #referenceLogProbabilities(batch: MicroBatch, temperature: number): Promise<Float32Array> {
    const session = await this.#session(null, batch.length);
    const outputs = await session.run(this.#inputs(batch, temperature, "reference"), this.#sizes(batch));
    return floats(outputs["logProbability"]);
  }

  /** Metrics of sequences whose loss and gradient are 0. */
  async #measureOnly(batch: MicroBatch, settings: LossSettings): Promise<ForwardBackwardMetrics> {
    const session = await this.#session(null, batch.length);
    const outputs = await session.run(this.#inputs(batch, settings.temperature), this.#sizes(batch));
    return measureLoss(batch, settings, floats(outputs["logProbability"]), floats(outputs["entropy"]), 0);
  }

  async close(): Promise<void> {
    for (const session of this.#sessions.values()) await (await session).close();
    this.#sessions.clear();
  }

  #session(loss: Loss | null, length: number): Promise<GraphSession> {
    const blocks = attentionBlocks(length);
    const key = `${loss === null ? "none" : JSON.stringify([loss.kind, lossTerms(loss)])} ${blocks}`;
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const created = GraphSession.create(
      buildTrainingGraph(this.#config, this.#state.layout, {
        loss,
        blocks,
        recompute: this.#recompute,
        normGivesStatistics: this.#options.provider !== "webgpu",
      }),
      this.#options,
      this.#memory,
    );
    this.#sessions.set(key, created);
    return created;
  }

  #sizes(batch: MicroBatch): Record<string, number> {
    return bindSizes(this.#config, batch.sequences, batch.length, batch.lossRows.length);
  }

  #inputs(batch: MicroBatch, temperature: number, owner: WeightOwner = "policy"): Tensors {
    if (this.#mask.length !== batch.length) this.#mask = { length: batch.length, values: causalMask(batch.length) };
    const inputs: Tensors = {
      tokens: integerTensor(batch.tokens),
      lossRows: integerTensor(batch.lossRows),
      targets: integerTensor(batch.targets),
      inverseTemperature: floatTensor(Float32Array.of(1 / temperature), []),
      ...this.#rotary.of(batch.length),
      mask: floatTensor(this.#mask.values, [batch.length, batch.length]),
    };
    for (const parameter of this.#state.parameters)
      inputs[parameter.name] = floatTensor(this.#state.weight(parameter, owner), parameter.dims);
    return inputs;
  }

  /** Adds a row to the gradient of each token's vector. */
  #addRows(parameter: Parameter, tokens: Int32Array, rows: Float32Array): void {
    const gradient = this.#state.weightGradient(parameter);
    const width = this.#config.hiddenSize;
    for (let n = 0; n < tokens.length; n++) {
      const target = (tokens[n] ?? 0) * width;
      const source = n * width;
      for (let i = 0; i < width; i++) gradient[target + i] = (gradient[target + i] ?? 0) + (rows[source + i] ?? 0);
    }
  }
}

function causalMask(length: number): Float32Array {
  const values = new Float32Array(length * length);
  for (let row = 0; row < length; row++) values.fill(hidden, row * length + row + 1, (row + 1) * length);
  return values;
}
