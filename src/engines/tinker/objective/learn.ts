import type { Loss, StepSize, TrainingSequence } from "../../../policy/port.ts";
import { weightOf } from "../../../policy/stepSize.ts";
import type { CallOptions, RemoteModel, TinkerClient } from "../api.ts";
import type { WireLoss } from "../datum.ts";
import { TinkerReplyError } from "../errors.ts";
import { coefficientsOf } from "./coefficients.ts";
import { express, type Expression } from "./express.ts";
import { learningDatum, plainDatum, type Prepared } from "./data.ts";
import { addMetrics, emptyMetrics, measure, type LearnMetrics } from "./metrics.ts";

/** A part of an optimiser step's sequences, sent together. */
export interface LearnRequest {
  readonly sequences: readonly TrainingSequence[];
  readonly loss: Loss;
  readonly lossDivisor: number;
  readonly temperature: number;
  /** Size of the whole step (stepSizeOf). */
  readonly step: StepSize;
  /** The reference policy's log-probability of each token, as arrays of the sequences' lengths; wanted for a KL term. */
  readonly reference?: readonly (readonly number[])[] | undefined;
  /**
   * Largest |sampled − recomputed| log-probability that an update may be made with (stale caches, another model). For an iteration's first
   * step: after it the policy differs from the sampler as it should. None when left out.
   */
  readonly largestGap?: number | undefined;
}

export interface LearnCalls {
  readonly forward: CallOptions;
  readonly forwardBackward: CallOptions;
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
  // Not ">": a NaN gap must stop the update too.
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

/** Target i of the wire is token i + 1 of the sequence. */
function prepare(
  { loss, lossDivisor }: LearnRequest,
  sequence: TrainingSequence,
  logProbabilities: readonly number[],
  reference: readonly number[] | undefined,
): Prepared & { readonly metrics: LearnMetrics } {
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

function wireLoss(expression: Expression): WireLoss {
  return expression.calls === 2
    ? { name: "importance_sampling" }
    : { name: expression.loss, ...(expression.loss === "ppo" && { settings: expression.settings }) };
}
