import type { Loss } from "../../../policy/port.ts";
import { add, exponential, multiply, negate, subtract, sumAll, where } from "./differentiation/arithmetic.ts";
import { weightedSums } from "./differentiation/layers.ts";
import { Tape } from "./differentiation/tape.ts";
import { targetLogProbability } from "./differentiation/targetLogProbability.ts";
import type { Value } from "../../../onnx/graph.ts";
import { Graph } from "../../../onnx/graph.ts";
import type { ModelConfig } from "../model/modelConfig.ts";
import type { ModelLayout } from "../model/lora.ts";
import { embeddingName, headName } from "../model/parameters.ts";
import type { Parameter } from "../model/parameters.ts";
import { TrainingDecoder, valueOf } from "./trainingDecoder.ts";

/**
 * Sizes bound at each run: B sequences of S tokens, N = B · S, M tokens whose log-probability is wanted; for each block of
 * queries its size Si, the rows Ri of heads that share a key, its end Ei, and the tokens S-Ei after it.
 */
export function bindSizes(
  config: ModelConfig,
  sequences: number,
  length: number,
  wanted: number,
): Record<string, number> {
  const blocks = attentionBlocks(length);
  const sizes: Record<string, number> = { B: sequences, S: length, N: sequences * length, M: wanted };
  let start = 0;
  for (let block = 1; block <= blocks; block++) {
    const end = Math.round((length * block) / blocks);
    Object.assign(sizes, {
      [`S${block}`]: end - start,
      [`E${block}`]: end,
      [`S-E${block}`]: length - end,
      [`R${block}`]: ((end - start) * config.heads) / config.keyValueHeads,
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
  /** Compute a layer's activations again in the backward pass instead of keeping them. */
  readonly recompute: boolean;
  /** See Tape: not with WebGPU. */
  readonly normGivesStatistics: boolean;
}

/**
 * Forward and backward pass of a micro-batch.
 * Inputs: tokens [N], lossRows [M] (rows whose next token is predicted), targets [M], inverseTemperature [], cosine and
 * sine [≥ S, size / 2], mask [S, S], weights and accumulators by checkpoint name, and for the loss weight, old, advantage [M, 1],
 * with a KL term reference [M, 1]; for a sequence loss averages [B, M], sequenceAdvantage [B, 1] and sequenceWeight [] instead of advantage.
 * Outputs: logProbability and entropy [M, 1], loss [1, 1], a gradient for each weight but an untied embedding, and rows that the
 * caller adds to gradients (cheaper than a scatter in the graph): of the embedding [N, hidden] at the tokens, of the
 * output head [M, hidden] at the targets.
 */
export function buildTrainingGraph(config: ModelConfig, layout: ModelLayout, options: TrainingGraphOptions): Graph {
  const graph = new Graph();
  const tape = new Tape(graph, options.normGivesStatistics);
  const weights = declareWeights(tape, layout);
  const learns = (name: string): boolean => layout.trained.some((parameter) => parameter.name === name);
  const tokens = graph.input("tokens", ["N"], "int64");
  const rows = graph.node("Gather", [valueOf(weights, embeddingName), tokens], ["N", config.hiddenSize], {
    type: "float32",
  });
  if (learns(embeddingName)) tape.want(rows);
  const scaledRows = config.gemma === null ? rows : multiply(tape, rows, graph.scalar(Math.sqrt(config.hiddenSize)));
  const decoder = new TrainingDecoder(tape, config, weights, layout.adapterScale, options);
  const wanted = decoder.forward(scaledRows, graph.input("lossRows", ["M"], "int64"));
  const head = valueOf(weights, config.tiedEmbeddings ? embeddingName : headName);
  const scaled = multiply(tape, wanted, graph.input("inverseTemperature", []));
  const { logProbability, entropy } = targetLogProbability(tape, scaled, head, graph.input("targets", ["M"], "int64"));
  graph.output(logProbability, "logProbability");
  graph.output(entropy, "entropy");
  if (options.loss === null) return graph;

  const loss = buildLoss(tape, options.loss, logProbability, entropy);
  graph.output(loss, "loss");
  const accumulators = new Map<string, Value>();
  for (const parameter of trainedInGraph(config, layout)) {
    const accumulator = graph.input(`${accumulatorPrefix}${parameter.name}`, parameter.dims);
    accumulators.set(parameter.name, accumulator);
  }
  const gradients = tape.backward(loss, accumulators);
  for (const parameter of trainedInGraph(config, layout))
    graph.output(valueOf(gradients, parameter.name), `${gradientPrefix}${parameter.name}`);
  if (learns(embeddingName)) graph.output(valueOf(gradients, rows.name), embeddingRowsGradient);
  if (learns(head.name)) graph.output(valueOf(tape.rowGradients, head.name), headRowsGradient);
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

/** Sum over tokens of weight · loss; the weight is mask ÷ lossDivisor. */
function buildLoss(tape: Tape, loss: Loss, logProbability: Value, entropy: Value): Value {
  const { graph } = tape;
  const tokenWeight = graph.input("weight", ["M", 1]);
  if (loss.kind === "sequence-policy-gradient") {
    const surrogate = sumAll(
      tape,
      multiply(tape, sequencePolicyGradient(tape, logProbability), graph.input("sequenceWeight", [])),
    );
    const terms = withTerms(tape, loss, null, logProbability, entropy);
    return terms === null ? surrogate : add(tape, surrogate, sumAll(tape, multiply(tape, terms, tokenWeight)));
  }
  const perToken = loss.kind === "cross-entropy" ? negate(tape, logProbability) : policyGradient(tape, logProbability);
  return sumAll(tape, multiply(tape, withTerms(tape, loss, perToken, logProbability, entropy), tokenWeight));
}

/** Adds a loss's KL and entropy terms to what each token has (null: nothing yet). */
function withTerms<T extends Value | null>(
  tape: Tape,
  loss: Loss,
  perToken: T,
  logProbability: Value,
  entropy: Value,
): T | Value {
  const terms = lossTerms(loss);
  let sum: T | Value = perToken;
  if (terms.kl) {
    const kl = multiply(tape, klEstimate(tape, logProbability), tape.graph.input("klCoefficient", []));
    sum = sum === null ? kl : add(tape, sum, kl);
  }
  if (terms.entropy) {
    const bonus = multiply(tape, entropy, tape.graph.input("entropyCoefficient", []));
    sum = sum === null ? negate(tape, bonus) : subtract(tape, sum, bonus);
  }
  return sum;
}

/** Terms of a loss beside its policy gradient. */
export function lossTerms(loss: Loss): { readonly kl: boolean; readonly entropy: boolean } {
  if (loss.kind === "cross-entropy") return { kl: false, entropy: false };
  return { kl: (loss.klCoefficient ?? 0) > 0, entropy: (loss.entropyCoefficient ?? 0) > 0 };
}

/** k3 [M, 1]: d − log d − 1 with log d = reference − log p. */
function klEstimate(tape: Tape, logProbability: Value): Value {
  const logRatio = subtract(tape, tape.graph.input("reference", ["M", 1]), logProbability);
  return subtract(tape, subtract(tape, exponential(tape, logRatio), logRatio), tape.graph.scalar(1));
}

/**
 * docs/method.md#optimisation: r = exp(log p − log p_sampled); −min(r · A, clip(r) · A), bounded by −c · A when A < 0 (arXiv 1912.09729).
 * Bounds come as inputs [1], so that changed settings need no new graph.
 */
function policyGradient(tape: Tape, logProbability: Value): Value {
  const { graph } = tape;
  const advantage = graph.input("advantage", ["M", 1]);
  const ratio = exponential(tape, subtract(tape, logProbability, graph.input("old", ["M", 1])));
  const lower = clippedGain(tape, ratio, advantage);
  const compare = (operator: string, a: Value, b: Value): Value =>
    graph.node(operator, [a, b], a.dims, { type: "bool" });
  const floor = graph.node("Mul", [advantage, graph.input("dualClip", [])], advantage.dims);
  const negative = compare("Less", advantage, graph.scalar(0));
  const useFloor = graph.node("And", [negative, compare("Less", lower, floor)], lower.dims, { type: "bool" });
  return negate(tape, where(tape, useFloor, floor, lower));
}

/** Per sequence [B, 1]; `averages` [B, M] has 1 ÷ tokens where a token is the sequence's. */
function sequencePolicyGradient(tape: Tape, logProbability: Value): Value {
  const { graph } = tape;
  const logRatio = subtract(tape, logProbability, graph.input("old", ["M", 1]));
  const ratio = exponential(tape, weightedSums(tape, graph.input("averages", ["B", "M"]), logRatio));
  return negate(tape, clippedGain(tape, ratio, graph.input("sequenceAdvantage", ["B", 1])));
}

/** min(r · A, clip(r) · A). */
function clippedGain(tape: Tape, ratio: Value, advantage: Value): Value {
  const { graph } = tape;
  const clipped = graph.node("Clip", [ratio, graph.input("lowest", []), graph.input("highest", [])], ratio.dims);
  const plain = multiply(tape, ratio, advantage);
  const bounded = multiply(tape, clipped, advantage);
  return where(tape, graph.node("LessOrEqual", [plain, bounded], plain.dims, { type: "bool" }), plain, bounded);
}
