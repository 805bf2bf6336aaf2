import type { Loss, TrainingSequence } from "../../../policy/port.ts";
import type { CallOptions, RemoteModel, TinkerClient } from "../api.ts";
import type { Datum, WireLoss } from "../datum.ts";
import { TinkerReplyError } from "../errors.ts";
import { coefficientsOf } from "./coefficients.ts";
import { express, type Expression } from "./express.ts";
import { scaleOf, type StepSize } from "./scale.ts";

/** A part of an optimiser step's sequences, sent together. */
export interface LearnRequest {
  readonly sequences: readonly TrainingSequence[];
  readonly loss: Loss;
  readonly lossDivisor: number;
  readonly temperature: number;
  /** Of the whole step (stepSizeOf). */
  readonly step: StepSize;
  /** The reference policy's log-probability of each token, as arrays of the sequences' lengths; wanted for a KL term. */
  readonly reference?: readonly (readonly number[])[] | undefined;
  /** Largest |sampled − recomputed| log-probability that an update may be made with (stale caches, another model); none when left out. */
  readonly largestGap?: number | undefined;
}

/** Sums over policy tokens, as the port's metrics. Servers tell nothing of entropies. */
export interface LearnMetrics {
  readonly tokens: number;
  /** Already divided by the divisor. */
  readonly loss: number;
  readonly klReferenceSum: number;
  readonly clippedLow: number;
  readonly clippedHigh: number;
  readonly klSampleTrainSum: number;
  readonly logProbabilityGapMax: number;
}

export interface LearnCalls {
  readonly forward: CallOptions;
  readonly forwardBackward: CallOptions;
}

/** Sequences that a step sends, and their policy tokens: those without any teach nothing and stay here. */
export function stepSizeOf(sequences: readonly TrainingSequence[]): StepSize {
  const weights = sequences.map(weightOf).filter((weight) => weight > 0);
  return { sequences: weights.length, weight: weights.reduce((sum, weight) => sum + weight, 0) };
}

/**
 * Adds the gradient of a loss to a model's, the same on every server: log-probabilities first, which the guard on their gap to the sampled ones
 * looks at before anything is learnt, then the gradient. Throws NotExpressibleError before anything is sent, the client's errors, and
 * TinkerReplyError where the gap is too large.
 */
export async function learn(
  client: TinkerClient,
  model: RemoteModel,
  request: LearnRequest,
  calls: LearnCalls,
): Promise<LearnMetrics> {
  const { dialect } = client;
  const expression = express(request.loss, request.temperature, dialect);
  const sent = request.sequences.flatMap((sequence, index) =>
    weightOf(sequence) > 0 ? [{ sequence, reference: request.reference?.[index] }] : [],
  );
  if (sent.length === 0) return emptyMetrics;
  const before = await client.forward(
    model,
    sent.map(({ sequence }) => plainDatum(sequence)),
    calls.forward,
  );
  const prepared = sent.map(({ sequence, reference }, index) =>
    prepare(request, sequence, before.logProbabilities[index] ?? [], reference),
  );
  const metrics = prepared.map(({ metrics: own }) => own).reduce(addMetrics, emptyMetrics);
  // Not ">": a gap that is no number must stop the update too.
  if (request.loss.kind !== "cross-entropy" && !(metrics.logProbabilityGapMax <= (request.largestGap ?? Infinity)))
    throw new TinkerReplyError(
      client.shown,
      `recomputed log-probabilities that differ by ${metrics.logProbabilityGapMax.toPrecision(3)} from the sampled ones, at most ${request.largestGap} is allowed`,
      "nothing was learnt from them: sample again from freshly saved weights; a stale prefix cache, another tokenizer or a temperature other than 1 does this",
    );
  const data = prepared.map((own) => learningDatum(own, expression, request, dialect));
  await client.forwardBackward(model, data, wireLoss(expression), calls.forwardBackward);
  return metrics;
}

interface Prepared {
  readonly sequence: TrainingSequence;
  /** Of each target, 0 where the mask is. */
  readonly current: readonly number[];
  readonly gradient: readonly number[];
  readonly metrics: LearnMetrics;
}

/** Target i of the wire is token i + 1 of the sequence. */
function prepare(
  { loss, lossDivisor }: LearnRequest,
  sequence: TrainingSequence,
  logProbabilities: readonly number[],
  reference: readonly number[] | undefined,
): Prepared {
  const places = sequence.lossMask.flatMap((bit, place) => (bit > 0 && place > 0 ? [place] : []));
  const current = places.map((place) => logProbabilities[place - 1] ?? NaN);
  const sampled = places.map((place) => sequence.sampledLogProbabilities[place] ?? NaN);
  const referenced = reference && places.map((place) => reference[place] ?? NaN);
  const tokens = { current, sampled, reference: referenced, advantage: sequence.advantage };
  const { gradient, loss: value } = coefficientsOf(loss, tokens, lossDivisor);
  const spread = sequence.tokens.slice(1).map(() => 0);
  for (const [index, place] of places.entries()) spread[place - 1] = gradient[index] ?? NaN;
  return {
    sequence,
    current: logProbabilities,
    gradient: spread,
    metrics: measure(loss, tokens, value),
  };
}

function measure(
  loss: Loss,
  { current, sampled, reference, advantage }: Parameters<typeof coefficientsOf>[1],
  value: number,
): LearnMetrics {
  const counts = { ...emptyMetrics, tokens: current.length, loss: value };
  if (loss.kind === "cross-entropy") return counts;
  const gaps = current.map((own, index) => (sampled[index] ?? NaN) - own);
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  const ratios = gaps.map((gap) => Math.exp(loss.kind === "policy-gradient" ? -gap : -total / gaps.length));
  const logs = (loss.klCoefficient ?? 0) > 0 ? current.map((own, index) => (reference?.[index] ?? NaN) - own) : [];
  return {
    ...counts,
    clippedHigh: ratios.filter((ratio) => advantage > 0 && ratio > 1 + loss.clipHigh).length,
    clippedLow: ratios.filter((ratio) => advantage < 0 && ratio < 1 - loss.clipLow).length,
    klReferenceSum: logs.reduce((sum, log) => sum + Math.exp(log) - log - 1, 0),
    klSampleTrainSum: total,
    logProbabilityGapMax: gaps.reduce((most, gap) => (Math.abs(gap) <= most ? most : Math.abs(gap)), 0),
  };
}

function learningDatum(
  { sequence, current, gradient }: Prepared,
  expression: Expression,
  { lossDivisor, step }: LearnRequest,
  { reduction, takesMask }: TinkerClient["dialect"],
): Datum {
  const mask = sequence.lossMask.slice(1).map((bit) => (bit > 0 ? 1 : 0));
  const plain = plainDatum(sequence);
  if (expression.calls === 1 && expression.loss === "cross_entropy")
    return { ...plain, weights: mask.map((bit) => bit / lossDivisor) };
  // Without a mask every target has weight 1 there.
  const own = takesMask ? weightOf(sequence) : mask.length;
  const scale = scaleOf(reduction, own, step);
  const masked = takesMask ? { weights: mask } : {};
  if (expression.calls === 1)
    return {
      ...plain,
      ...masked,
      logProbabilities: sequence.sampledLogProbabilities.slice(1),
      advantages: mask.map((bit) => (bit * sequence.advantage * scale) / lossDivisor),
    };
  return { ...plain, ...masked, logProbabilities: current, advantages: gradient.map((value) => 0 - value * scale) };
}

function wireLoss(expression: Expression): WireLoss {
  return expression.calls === 2
    ? { name: "importance_sampling" }
    : { name: expression.loss, ...(expression.loss === "ppo" && { settings: expression.settings }) };
}

function plainDatum({ tokens }: TrainingSequence): Datum {
  return { inputs: tokens.slice(0, -1), targets: tokens.slice(1) };
}

/** Policy tokens that have something before them. */
function weightOf({ lossMask }: TrainingSequence): number {
  return lossMask.slice(1).filter((bit) => bit > 0).length;
}

const emptyMetrics: LearnMetrics = {
  tokens: 0,
  loss: 0,
  klReferenceSum: 0,
  clippedLow: 0,
  clippedHigh: 0,
  klSampleTrainSum: 0,
  logProbabilityGapMax: 0,
};

function addMetrics(a: LearnMetrics, b: LearnMetrics): LearnMetrics {
  return {
    tokens: a.tokens + b.tokens,
    loss: a.loss + b.loss,
    klReferenceSum: a.klReferenceSum + b.klReferenceSum,
    clippedLow: a.clippedLow + b.clippedLow,
    clippedHigh: a.clippedHigh + b.clippedHigh,
    klSampleTrainSum: a.klSampleTrainSum + b.klSampleTrainSum,
    logProbabilityGapMax:
      b.logProbabilityGapMax <= a.logProbabilityGapMax ? a.logProbabilityGapMax : b.logProbabilityGapMax,
  };
}
