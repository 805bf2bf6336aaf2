import type { AdamSettings, RemoteModel, TinkerClient } from "../api.ts";
import type { Datum, WireLoss } from "../datum.ts";

/** A model made for a check alone, with the numbers of its calls. */
export interface Scratch {
  readonly client: TinkerClient;
  readonly model: RemoteModel;
  /** The number of the model's next call. */
  readonly next: () => number;
  /** Of its next sampling session. */
  readonly nextSampler: () => number;
}

/** Numbers the calls to a model that has had `callsBefore` of them. */
export function scratchOf(client: TinkerClient, model: RemoteModel, callsBefore = 0): Scratch {
  let calls = callsBefore;
  let samplers = 0;
  return { client, model, next: () => ++calls, nextSampler: () => samplers++ };
}

/** Leaves the weights where they are: a step at this rate only clears the gradient. */
export const still: AdamSettings = {
  learningRate: 0,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  gradientClip: 0,
};

/** Ids that every vocabulary has; no two neighbours are equal, so that a shift by one shows. */
export const probeTokens = [7, 12, 9, 17, 11, 5, 14, 8, 16] as const;

/** The probe's tokens as a datum, with one token's or all tokens' weights. */
export function probeDatum(changes: Partial<Datum> = {}): Datum {
  return { inputs: probeTokens.slice(0, -1), targets: probeTokens.slice(1), ...changes };
}

/** Log-probabilities of a datum's targets, in nats. */
export async function forward({ client, model, next }: Scratch, datum: Datum): Promise<readonly number[]> {
  const { logProbabilities } = await client.forward(model, [datum], { sequence: next() });
  return logProbabilities[0] ?? [];
}

/** Adds the gradient of data under a loss to the model's gradient. */
export async function accumulate(scratch: Scratch, data: readonly Datum[], loss: WireLoss): Promise<void> {
  await scratch.client.forwardBackward(scratch.model, data, loss, { sequence: scratch.next() });
}

/** Clears the gradient; the norm that it had, null where the server does not tell it. */
export async function takeNorm({ client, model, next }: Scratch): Promise<number | null> {
  const figures = await client.optimizerStep(model, still, { sequence: next() });
  return Object.entries(figures).find(([name]) => /grad(ient)?[_-]?norm/iu.test(name))?.[1] ?? null;
}

/** Norm of the gradient of data under a loss. */
export async function normOf(scratch: Scratch, data: readonly Datum[], loss: WireLoss): Promise<number | null> {
  await accumulate(scratch, data, loss);
  return takeNorm(scratch);
}

/** Largest difference between figures at the same place; NaN where `b` is the shorter. */
export function largestDifference(a: readonly number[], b: readonly number[]): number {
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? NaN))), 0);
}

/** Whether two figures are the same up to rounding. */
export function near(value: number, wanted: number, tolerance = 0.02): boolean {
  return Math.abs(value - wanted) <= tolerance * Math.max(1, Math.abs(wanted));
}
