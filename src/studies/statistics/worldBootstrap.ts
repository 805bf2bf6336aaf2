import { randomStream, type SeedAddress } from "../../domain/seed.ts";
import { createRest } from "../../eventLoop/rest.ts";
import { quantile } from "../../evaluation/statistics.ts";
import type { Counts } from "./counts.ts";
import { normalBelow, normalQuantile, studentBelow, studentQuantile } from "./distributions.ts";
import { groupBy } from "./groupBy.ts";

/** Answers of one run, or of two that are compared: disease by disease, all of one world in one regime. */
export interface WorldAnswers {
  readonly regime: string;
  readonly world: string;
  readonly plus: Counts;
  /** What is taken away, with the same diseases in the same order; null where nothing is compared. */
  readonly minus: Counts | null;
}

/** A mean over worlds with what the choice of worlds, and of diseases in them, leaves open. */
export interface WorldInterval {
  readonly mean: number;
  /** Ends of the interval; null over fewer than `fewestWorlds`. */
  readonly low: number | null;
  readonly high: number | null;
  /** Two-sided p value of a mean of 0, by the same resamples; null as above. */
  readonly p: number | null;
  readonly worlds: number;
}

/**
 * Fewest worlds an interval is given for. A resample's mean lies between the lowest and the highest world's, which hold the true mean with a probability of
 * 1 − 2^(1−n) over n worlds: 97 % over six, 50 % over two.
 */
export const fewestWorlds = 6;

export interface WorldBootstrapOptions {
  readonly confidence: number;
  readonly resamples: number;
  /** Equal values and seeds give equal intervals. */
  readonly seed: SeedAddress;
}

/**
 * Mean over regimes of the mean over their worlds, runs of one world counted as one, with a bootstrap interval: worlds are drawn with all their runs, then diseases within each
 * drawn run. The ends are percentiles widened for few worlds, so that with normal means they are those of Student's t (Hesterberg, 2015, "expanded
 * percentile interval"); the p value is that of the interval which just touches 0.
 * Throws when a run has no value, or there is no run.
 */
export async function worldBootstrap(
  runs: readonly WorldAnswers[],
  { confidence, resamples, seed }: WorldBootstrapOptions,
): Promise<WorldInterval> {
  const worlds = arrange(runs);
  const regimes = new Set(runs.map(({ regime }) => regime)).size;
  const mean = meanOf(worlds, regimes, shareOfAll);
  if (worlds.length < fewestWorlds) return { mean, low: null, high: null, p: null, worlds: worlds.length };
  const draw = randomStream(seed);
  const rest = createRest();
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    const drawn = worlds.map(() => worlds[draw.integer(worlds.length)] ?? []);
    means[resample] = meanOf(drawn, regimes, (run) => redraw(run, (bound) => draw.integer(bound)));
    await rest();
  }
  means.sort();
  const share = expandedShare((1 - confidence) / 2, worlds.length);
  return {
    mean,
    low: Math.min(mean, quantile(means, share)),
    high: Math.max(mean, quantile(means, 1 - share)),
    p: pValue(means, mean, worlds.length),
    worlds: worlds.length,
  };
}

/** A run with its regime's number. */
interface Run {
  readonly regime: number;
  /** 1 divided by the runs of its world in its regime. */
  readonly weight: number;
  readonly diseases: number;
  readonly plus: Counts;
  readonly minus: Counts | null;
}

/** Groups runs by world. */
function arrange(runs: readonly WorldAnswers[]): Run[][] {
  if (runs.length === 0) throw new RangeError("an interval needs at least one run");
  const regimes = [...new Set(runs.map(({ regime }) => regime))];
  return [...groupBy(runs, ({ world }) => world).values()].map((own) =>
    own.map(({ regime, world, plus, minus }) => {
      for (const { right, total } of [plus, ...(minus === null ? [] : [minus])])
        if (right.length !== plus.right.length || total.length !== right.length || !total.every((one) => one > 0))
          throw new RangeError(
            `world ${world} in regime ${regime}: every disease needs an answer, in both runs of a pair`,
          );
      if (plus.right.length === 0) throw new RangeError(`world ${world} in regime ${regime} has no answer`);
      const weight = 1 / own.filter((one) => one.regime === regime).length;
      return { regime: regimes.indexOf(regime), weight, diseases: plus.right.length, plus, minus };
    }),
  );
}

/** Mean over the regimes that are there of their worlds' means. */
function meanOf(worlds: readonly (readonly Run[])[], regimes: number, meanOfRun: (run: Run) => number): number {
  const [sums, counts] = [new Float64Array(regimes), new Float64Array(regimes)];
  for (const runs of worlds)
    for (const run of runs) {
      sums[run.regime] = (sums[run.regime] ?? 0) + run.weight * meanOfRun(run);
      counts[run.regime] = (counts[run.regime] ?? 0) + run.weight;
    }
  let [total, present] = [0, 0];
  for (const [regime, count] of counts.entries()) {
    if (count === 0) continue;
    total += (sums[regime] ?? 0) / count;
    present++;
  }
  return total / present;
}

function shareOfAll({ plus, minus }: Run): number {
  const share = ({ right, total }: Counts): number => right.reduce(add, 0) / total.reduce(add, 0);
  return share(plus) - (minus === null ? 0 : share(minus));
}

/** The same over diseases drawn from the run's own. */
function redraw({ diseases, plus, minus }: Run, integer: (bound: number) => number): number {
  let [right, total, rightMinus, totalMinus] = [0, 0, 0, 0];
  for (let disease = 0; disease < diseases; disease++) {
    const drawn = integer(diseases);
    right += plus.right[drawn] ?? 0;
    total += plus.total[drawn] ?? 0;
    if (minus === null) continue;
    rightMinus += minus.right[drawn] ?? 0;
    totalMinus += minus.total[drawn] ?? 0;
  }
  return right / total - (minus === null ? 0 : rightMinus / totalMinus);
}

/** Share in each tail for which a percentile interval over `n` normal values is as wide as Student's. */
function expandedShare(tail: number, n: number): number {
  return normalBelow(Math.sqrt(n / (n - 1)) * studentQuantile(tail, n - 1));
}

/** The inverse of `expandedShare` at the share of resamples that lie beyond 0, seen from their mean; where none does, at that of a normal tail as far out. */
function pValue(means: Float64Array, mean: number, n: number): number {
  const [below, above] = [means.filter((one) => one <= 0).length, means.filter((one) => one >= 0).length];
  const beyond = Math.min(below, above);
  const share = beyond === 0 ? Math.min(1 / means.length, normalTail(means, mean)) : beyond / means.length;
  if (share >= 0.5) return 1;
  return 2 * studentBelow(normalQuantile(share) * Math.sqrt((n - 1) / n), n - 1);
}

/** Never 0: no resampling is as sure as that. */
function normalTail(means: Float64Array, mean: number): number {
  const deviation = Math.sqrt(means.reduce((sum, one) => sum + (one - mean) ** 2, 0) / means.length);
  return Math.max(1e-12, deviation === 0 ? 0 : normalBelow(-Math.abs(mean) / deviation));
}

function add(a: number, b: number): number {
  return a + b;
}
