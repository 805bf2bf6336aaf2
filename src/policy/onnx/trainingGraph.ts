import type { Loss } from "../port.ts";
import type { Value } from "./graph.ts";
import { Graph } from "./graph.ts";
import type { ModelConfig } from "./modelConfig.ts";
import { adapterNames } from "./lora.ts";
import type { ModelLayout } from "./lora.ts";
import { embeddingName, finalNormName, headName } from "./parameters.ts";
import type { Parameter } from "./parameters.ts";
import { Tape } from "./tape.ts";

/**
 * Sizes bound at each run: B sequences of S tokens, N = B · S, M tokens whose log-probability is wanted; for each block of
 * queries its size Si, the rows Ri of heads that share a key, its end Ei, and the tokens S-Ei after it.
 */
export function bindSizes(config: ModelConfig, sequences: number, length: number, wanted: number): Record<string, number> {
  const blocks = attentionBlocks(length);
  const sizes: Record<string, number> = { B: sequences, S: length, N: sequences * length, M: wanted };
  let start = 0;
  for (let block = 1; block <= blocks; block++) {
    const end = Math.round((length * block) / blocks);
    Object.assign(sizes, {
      [`S${block}`]: end - start, [`E${block}`]: end, [`S-E${block}`]: length - end, [`R${block}`]: ((end - start) * config.heads) / config.keyValueHeads,
    });
    start = end;
  }
  return sizes;
}

/** Blocks of queries for sequences of a length: as many as pay for their overhead. */
export function attentionBlocks(length: number): number {
  if (length < 96) return 1;
  if (length < 192) return 2;
  return length < 768 ? 4 : 8;
}

export const gradientPrefix = "gradient:";
export const accumulatorPrefix = "accumulator:";
export const embeddingRowsGradient = "embeddingRowsGradient";
export const headRowsGradient = "headRowsGradient";

export interface TrainingGraphOptions {
  /** null: log-probabilities only. */
  readonly loss: Loss | null;
  /** Blocks of queries in attention. */
  readonly blocks: number;
}

/**
 * Forward and backward pass of a micro-batch.
 * Inputs: tokens [N], lossRows [M] (rows whose next token is predicted), targets [M], inverseTemperature [], cosine and
 * sine [≥ S, size / 2], mask [S, S], weights and accumulators by checkpoint name, and for the loss weight, old, advantage [M, 1].
 * Outputs: logProbability and entropy [M, 1], loss [1, 1], a gradient for each weight but an untied embedding, and rows that the
 * caller adds to gradients (cheaper than a scatter in the graph): of the embedding [N, hidden] at the tokens, of the
 * output head [M, hidden] at the targets.
 */
export function buildTrainingGraph(config: ModelConfig, layout: ModelLayout, options: TrainingGraphOptions): Graph {
  const graph = new Graph();
  const tape = new Tape(graph);
  const weights = declareWeights(tape, layout);
  const learns = (name: string): boolean => layout.trained.some((parameter) => parameter.name === name);
  const tokens = graph.input("tokens", ["N"], "int64");
  const rows = graph.node("Gather", [weight(weights, embeddingName), tokens], ["N", config.hiddenSize], { type: "float32" });
  if (learns(embeddingName)) tape.want(rows);
  const wanted = forward(tape, config, { values: weights, adapterScale: layout.adapterScale }, rows, graph.input("lossRows", ["M"], "int64"), options.blocks);
  const head = weight(weights, config.tiedEmbeddings ? embeddingName : headName);
  const scaled = tape.multiply(wanted, graph.input("inverseTemperature", []));
  const { logProbability, entropy } = tape.targetLogProbability(scaled, head, graph.input("targets", ["M"], "int64"));
  graph.output(logProbability, "logProbability");
  graph.output(entropy, "entropy");
  if (options.loss === null) return graph;

  const loss = buildLoss(tape, options.loss, logProbability);
  graph.output(loss, "loss");
  const accumulators = new Map<string, Value>();
  for (const parameter of trainedInGraph(config, layout)) {
    const accumulator = graph.input(`${accumulatorPrefix}${parameter.name}`, parameter.dims);
    accumulators.set(parameter.name, accumulator);
  }
  const gradients = tape.backward(loss, accumulators);
  for (const parameter of trainedInGraph(config, layout)) graph.output(weight(gradients, parameter.name), `${gradientPrefix}${parameter.name}`);
  if (learns(embeddingName)) graph.output(weight(gradients, rows.name), embeddingRowsGradient);
  if (learns(head.name)) graph.output(weight(tape.rowGradients, head.name), headRowsGradient);
  return graph;
}

/** Weights whose gradient the graph accumulates: all that learn but an untied embedding. */
export function trainedInGraph(config: ModelConfig, layout: ModelLayout): Parameter[] {
  return layout.trained.filter((parameter) => config.tiedEmbeddings || parameter.name !== embeddingName);
}

function declareWeights(tape: Tape, { frozen, trained }: ModelLayout): ReadonlyMap<string, Value> {
  return new Map([
    ...frozen.map(({ name, dims }) => [name, tape.graph.input(name, dims)] as const),
    ...trained.map(({ name, dims }) => [name, tape.parameter(name, dims)] as const),
  ]);
}

interface Weights {
  readonly values: ReadonlyMap<string, Value>;
  readonly adapterScale: number;
}

function weight(weights: ReadonlyMap<string, Value>, name: string): Value {
  const value = weights.get(name);
  if (value === undefined) throw new Error(`no value "${name}"`);
  return value;
}

/**
 * All layers and the last norm: x [N, hidden] → [M, hidden]. After the last attention tokens no longer meet, so that only the
 * wanted rows go on.
 */
function forward(tape: Tape, config: ModelConfig, { values: weights, adapterScale }: Weights, embedded: Value, wanted: Value, blocks: number): Value {
  const { graph } = tape;
  const half = config.headSize / 2;
  const rotary = { cosine: graph.input("cosine", ["P", half]), sine: graph.input("sine", ["P", half]) };
  const mask = graph.input("mask", ["S", "S"]);
  let x = embedded;
  for (let layer = 0; layer < config.layers; layer++) {
    const named = (name: string): Value => weight(weights, `model.layers.${layer}.${name}`);
    const optional = (name: string): Value | null => weights.get(`model.layers.${layer}.${name}`) ?? null;
    const normalised = tape.rmsNorm(x, named("input_layernorm.weight"), config.normEpsilon);
    const project = (input: Value, name: string): Value => {
      const plain = tape.linear(input, named(`${name}.weight`), optional(`${name}.bias`));
      const { a, b } = adapterNames(name);
      if (optional(a) === null) return plain;
      const narrow = tape.multiply(tape.linear(input, named(a), null), graph.scalar(adapterScale));
      return tape.add(plain, tape.linear(narrow, named(b), null));
    };
    const headed = (name: string, count: number): Value => splitHeads(tape, project(normalised, name), count, config.headSize);
    const positioned = (value: Value, norm: string): Value => {
      const normWeight = optional(norm);
      const scaled = normWeight === null ? value : tape.rmsNorm(value, normWeight, config.normEpsilon);
      return tape.rotary(scaled, rotary.cosine, rotary.sine);
    };
    const query = positioned(headed("self_attn.q_proj", config.heads), "self_attn.q_norm.weight");
    const key = positioned(headed("self_attn.k_proj", config.keyValueHeads), "self_attn.k_norm.weight");
    const value = headed("self_attn.v_proj", config.keyValueHeads);
    const perHead = tape.causalAttention(query, key, value, mask, 1 / Math.sqrt(config.headSize), blocks);
    let attended = tape.reshape(tape.transpose(perHead, [0, 2, 1, 3]), ["N", config.heads * config.headSize]);
    if (layer === config.layers - 1) [attended, x] = [tape.gatherRows(attended, wanted), tape.gatherRows(x, wanted)];
    x = tape.add(x, project(attended, "self_attn.o_proj"));
    const middle = tape.rmsNorm(x, named("post_attention_layernorm.weight"), config.normEpsilon);
    const gated = tape.siluMultiply(project(middle, "mlp.gate_proj"), project(middle, "mlp.up_proj"));
    x = tape.add(x, project(gated, "mlp.down_proj"));
  }
  return tape.rmsNorm(x, weight(weights, finalNormName), config.normEpsilon);
}

/** [N, heads · size] → [B, heads, S, size] */
function splitHeads(tape: Tape, value: Value, heads: number, size: number): Value {
  return tape.transpose(tape.reshape(value, ["B", "S", heads, size]), [0, 2, 1, 3]);
}

/** Sum over tokens of weight · loss; the weight is mask ÷ lossDivisor. */
function buildLoss(tape: Tape, loss: Loss, logProbability: Value): Value {
  const { graph } = tape;
  const tokenWeight = graph.input("weight", ["M", 1]);
  const perToken = loss.kind === "cross-entropy" ? tape.negate(logProbability) : policyGradient(tape, logProbability);
  return tape.sumAll(tape.multiply(perToken, tokenWeight));
}

/**
 * METHOD §4: r = exp(log p − log p_sampled); −min(r · A, clip(r) · A), bounded by −c · A when A < 0 (arXiv 1912.09729).
 * Bounds come as inputs [1], so that changed settings need no new graph.
 */
function policyGradient(tape: Tape, logProbability: Value): Value {
  const { graph } = tape;
  const advantage = graph.input("advantage", ["M", 1]);
  const [low, high, dual] = ["lowest", "highest", "dualClip"].map((name) => graph.input(name, [])) as [Value, Value, Value];
  const compare = (operator: string, a: Value, b: Value): Value => graph.node(operator, [a, b], a.dims, { type: "bool" });
  const ratio = tape.exponential(tape.subtract(logProbability, graph.input("old", ["M", 1])));
  const clipped = graph.node("Clip", [ratio, low, high], ratio.dims);
  const plain = tape.multiply(ratio, advantage);
  const bounded = tape.multiply(clipped, advantage);
  const lower = tape.where(compare("LessOrEqual", plain, bounded), plain, bounded);
  const floor = graph.node("Mul", [advantage, dual], advantage.dims);
  const negative = compare("Less", advantage, graph.scalar(0));
  const useFloor = graph.node("And", [negative, compare("Less", lower, floor)], lower.dims, { type: "bool" });
  return tape.negate(tape.where(useFloor, floor, lower));
}
