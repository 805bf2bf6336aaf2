import type { StepSize, TrainingSequence } from "../../../policy/port.ts";
import { weightOf } from "../../../policy/stepSize.ts";
import type { Datum } from "../datum.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { Expression } from "./express.ts";
import { scaleOf } from "./scale.ts";

/** A sequence whose log-probabilities and derivatives are known; arrays have one entry a target, 0 where the mask is. */
export interface Prepared {
  readonly sequence: TrainingSequence;
  readonly current: readonly number[];
  /** d loss ÷ d log-probability. */
  readonly gradient: readonly number[];
}

/** What a server is sent, so that its own reduction gives the wanted gradient. */
export function learningDatum(
  { sequence, current, gradient }: Prepared,
  expression: Expression,
  { lossDivisor, step }: { readonly lossDivisor: number; readonly step: StepSize },
  { reduction, takesMask }: Dialect,
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

/** A sequence as a datum without weights or log-probabilities: only its tokens. */
export function plainDatum({ tokens }: TrainingSequence): Datum {
  return { inputs: tokens.slice(0, -1), targets: tokens.slice(1) };
}
