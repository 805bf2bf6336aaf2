import type { Datum } from "../datum.ts";
import type { Dialect, Reduction } from "../dialects/dialect.ts";
import { TinkerRefusedError } from "../errors.ts";
import type { Finding } from "./finding.ts";
import { accumulate, forward, near, normOf, probeDatum, probeTokens, takeNorm, type Scratch } from "./scratch.ts";

const loss = { name: "importance_sampling" } as const;

/**
 * What a server divides a gradient by, seen in its norm: beside a sequence of n tokens stands one of a single token with advantage 0. A sum
 * stays as it is, a mean over sequences halves, a mean over tokens becomes n ÷ (n + 1).
 */
export async function probeReduction(scratch: Scratch): Promise<Finding[]> {
  const probe = "reduction";
  const learning = await learningDatum(scratch);
  const count = learning.targets.length;
  const [input, target] = probeTokens;
  const silent = { inputs: [input], targets: [target], logProbabilities: [-3], advantages: [0] };
  const alone = await normOf(scratch, [learning], loss);
  if (alone === null || alone === 0) return [{ probe, found: null, note: "the server tells no norm of the gradient" }];
  const mask = await probeMask(scratch, learning, alone);
  const beside = ((await normOf(scratch, [learning, silent], loss)) ?? NaN) / alone;
  await accumulate(scratch, [learning], loss);
  await accumulate(scratch, [silent], loss);
  const apart = ((await takeNorm(scratch)) ?? NaN) / alone;
  const found = reductionOf(beside, count);
  if (found === null)
    return [
      mask,
      { probe, found: `norm × ${beside.toPrecision(3)}`, problem: "how it divides a gradient is not known" },
    ];
  const isSplit = !near(apart, beside);
  return [
    mask,
    {
      probe,
      found: isSplit ? `${found}, in each call for itself` : found,
      fits: ({ reduction }) => reduction === found,
      ...(isSplit && {
        problem:
          "it divides each call's gradient for itself, so that the size of micro-batches would change what is learnt",
      }),
    },
  ];
}

/** A datum whose gradient is that of its summed log-probabilities. */
async function learningDatum(scratch: Scratch): Promise<Datum> {
  const plain = probeDatum();
  return { ...plain, logProbabilities: await forward(scratch, plain), advantages: plain.targets.map(() => 1) };
}

/** Whether losses of a policy gradient take weights: with all but one token weighed out the gradient is another one. */
async function probeMask(scratch: Scratch, learning: Datum, alone: number): Promise<Finding> {
  const probe = "mask";
  const fits = (wanted: boolean) => ({ fits: (row: Dialect) => row.takesMask === wanted });
  try {
    const weights = learning.targets.map((_, index) => (index === 0 ? 1 : 0));
    const masked = ((await normOf(scratch, [{ ...learning, weights }], loss)) ?? NaN) / alone;
    if (near(masked, 1, 1e-3)) return { probe, found: "weights are passed over", ...fits(false) };
    return { probe, found: "weights", ...fits(true) };
  } catch (error) {
    if (!(error instanceof TinkerRefusedError)) throw error;
    return { probe, found: "advantages of 0: weights are refused", ...fits(false) };
  }
}

function reductionOf(ratio: number, count: number): Reduction | null {
  if (near(ratio, 1)) return "sum";
  if (near(ratio, 0.5)) return "sequence-mean";
  return near(ratio, count / (count + 1)) ? "token-mean" : null;
}
