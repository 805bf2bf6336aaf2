import type { Loss } from "../port.ts";
import type { Dimension, Value } from "./graph.ts";
import { Graph } from "./graph.ts";
import type { ModelConfig } from "./modelConfig.ts";
import { embeddingName, finalNormName, headName, layOutParameters } from "./parameters.ts";
import { Tape } from "./tape.ts";

/**
 * Sizes bound at each run: B sequences of S tokens, N = B · S, M tokens whose log-probability is wanted,
 * R = S · heads ÷ key-value heads.
 */
export const sizeNames = ["B", "S", "N", "M", "R"] as const;
export type Sizes = Readonly<Record<(typeof sizeNames)[number], number>>;

export const gradientPrefix = "gradient:";
export const accumulatorPrefix = "accumulator:";
export const embeddingRowsGradient = "embeddingRowsGradient";

export interface TrainingGraphOptions {
  /** null: log-probabilities only. */
  readonly loss: Loss | null;
}

/**
 * Forward and backward pass of a micro-batch.
 * Inputs: tokens [N], lossRows [M] (rows whose next token is predicted), targets [M, 1], inverseTemperature [], cosine and
 * sine [≥ S, size / 2], mask [S, S], weights and accumulators by checkpoint name, and for the loss weight, old, advantage [M, 1].
 * Outputs: logProbability and entropy [M, 1], loss [1, 1], a gradient for each weight but the embedding, and the gradient of
 * the looked-up embedding rows [N, hidden], which the caller adds at their tokens (cheaper than a scatter in the graph).
 */
export function buildTrainingGraph(config: ModelConfig, options: TrainingGraphOptions): Graph {
  const graph = new Graph();
  const tape = new Tape(graph);
  const weights = declareWeights(tape, config);
  const tokens = graph.input("tokens", ["N"], "int64");
  const rows = tape.want(graph.node("Gather", [weight(weights, embeddingName), tokens], ["N", config.hiddenSize], { type: "float32" }));
  const wanted = forward(tape, config, weights, rows, graph.input("lossRows", ["M"], "int64"));
  const head = weight(weights, config.tiedEmbeddings ? embeddingName : headName);
  const logits = tape.multiply(tape.linear(wanted, head, null), graph.input("inverseTemperature", []));
  const { logProbability, entropy } = tape.targetLogProbability(logits, graph.input("targets", ["M", 1], "int64"));
  graph.output(logProbability, "logProbability");
  graph.output(entropy, "entropy");
  if (options.loss === null) return graph;

  const loss = buildLoss(tape, options.loss, logProbability);
  graph.output(loss, "loss");
  const accumulators = new Map<string, Value>();
  for (const parameter of trainedInGraph(config)) {
    const accumulator = graph.input(`${accumulatorPrefix}${parameter.name}`, parameter.dims);
    accumulators.set(parameter.name, accumulator);
  }
  const gradients = tape.backward(loss, accumulators);
  for (const parameter of trainedInGraph(config)) graph.output(weight(gradients, parameter.name), `${gradientPrefix}${parameter.name}`);
  graph.output(weight(gradients, rows.name), embeddingRowsGradient);
  return graph;
}

/** Weights whose gradient the graph accumulates: all but an untied embedding. */
export function trainedInGraph(config: ModelConfig): ReturnType<typeof layOutParameters> {
  return layOutParameters(config).filter((parameter) => config.tiedEmbeddings || parameter.name !== embeddingName);
}

function declareWeights(tape: Tape, config: ModelConfig): ReadonlyMap<string, Value> {
  return new Map(layOutParameters(config).map((parameter) => [parameter.name, tape.parameter(parameter.name, parameter.dims)]));
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
function forward(tape: Tape, config: ModelConfig, weights: ReadonlyMap<string, Value>, embedded: Value, wanted: Value): Value {
  const { graph } = tape;
  const half = config.headSize / 2;
  const rotary = { cosine: graph.input("cosine", ["P", half]), sine: graph.input("sine", ["P", half]) };
  const mask = graph.input("mask", ["S", "S"]);
  let x = embedded;
  for (let layer = 0; layer < config.layers; layer++) {
    const named = (name: string): Value => weight(weights, `model.layers.${layer}.${name}`);
    const optional = (name: string): Value | null => weights.get(`model.layers.${layer}.${name}`) ?? null;
    const normalised = tape.rmsNorm(x, named("input_layernorm.weight"), config.normEpsilon);
    const project = (name: string): Value => tape.linear(normalised, named(`${name}.weight`), optional(`${name}.bias`));
    const headed = (name: string, count: number): Value => splitHeads(tape, project(name), count, config.headSize);
    const positioned = (value: Value, norm: string): Value => {
      const normWeight = optional(norm);
      const scaled = normWeight === null ? value : tape.rmsNorm(value, normWeight, config.normEpsilon);
      return tape.rotary(scaled, rotary.cosine, rotary.sine);
    };
    const query = positioned(headed("self_attn.q_proj", config.heads), "self_attn.q_norm.weight");
    const key = positioned(headed("self_attn.k_proj", config.keyValueHeads), "self_attn.k_norm.weight");
    let attended = groupedAttention(tape, config, query, key, headed("self_attn.v_proj", config.keyValueHeads), mask);
    if (layer === config.layers - 1) [attended, x] = [tape.gatherRows(attended, wanted), tape.gatherRows(x, wanted)];
    x = tape.add(x, tape.linear(attended, named("self_attn.o_proj.weight"), optional("self_attn.o_proj.bias")));
    const middle = tape.rmsNorm(x, named("post_attention_layernorm.weight"), config.normEpsilon);
    const gate = tape.linear(middle, named("mlp.gate_proj.weight"), optional("mlp.gate_proj.bias"));
    const up = tape.linear(middle, named("mlp.up_proj.weight"), optional("mlp.up_proj.bias"));
    x = tape.add(x, tape.linear(tape.siluMultiply(gate, up), named("mlp.down_proj.weight"), optional("mlp.down_proj.bias")));
  }
  return tape.rmsNorm(x, weight(weights, finalNormName), config.normEpsilon);
}

/** [N, heads · size] → [B, heads, S, size] */
function splitHeads(tape: Tape, value: Value, heads: number, size: number): Value {
  return tape.transpose(tape.reshape(value, ["B", "S", heads, size]), [0, 2, 1, 3]);
}

/** Attention of all heads, those that share a key and value stacked as rows: → [N, heads · size]. */
function groupedAttention(tape: Tape, config: ModelConfig, query: Value, key: Value, value: Value, mask: Value): Value {
  const { heads, keyValueHeads, headSize } = config;
  const grouped = heads === keyValueHeads ? query : tape.reshape(query, ["B", keyValueHeads, "R", headSize]);
  const rows: Dimension = heads === keyValueHeads ? "S" : "R";
  const addMask = (scores: Value): Value => {
    const { graph } = tape;
    const perHead = rows === "S" ? scores : graph.reshape(scores, ["B", heads, "S", "S"]);
    const masked = graph.node("Add", [perHead, mask], perHead.dims);
    return rows === "S" ? masked : graph.reshape(masked, scores.dims);
  };
  const attended = tape.attention(grouped, key, value, addMask, 1 / Math.sqrt(headSize));
  const perHead = rows === "S" ? attended : tape.reshape(attended, ["B", heads, "S", headSize]);
  return tape.reshape(tape.transpose(perHead, [0, 2, 1, 3]), ["N", heads * headSize]);
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
