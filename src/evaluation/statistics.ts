import { createRest } from "../eventLoop/rest.ts";
import { randomStream } from "../domain/seed.ts";
import type { SeedAddress } from "../domain/seed.ts";

/** A mean with its bootstrap interval. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** A value that belongs to a cluster; values of one cluster are not independent. */
export interface ClusteredValue {
  readonly cluster: string;
  readonly value: number;
}

export interface BootstrapOptions {
  /** Level of the interval, e.g. 0.95. */
  readonly confidence: number;
  readonly resamples?: number;
  /** Seed of the resampling: equal values and seeds give equal intervals. */
  readonly seed?: SeedAddress;
}

const defaultResamples = 2000;

/**
 * Percentile bootstrap of the mean over all values (-1 … 1), resampling whole clusters. Over one cluster nothing is known of how clusters differ: the interval
 * is all that can be, -1 … 1. Yields to the event loop. Throws when there are no values.
 */
export async function clusteredBootstrap(
  values: readonly ClusteredValue[],
  { confidence, resamples = defaultResamples, seed = ["bootstrap"] }: BootstrapOptions,
): Promise<Interval> {
  if (values.length === 0) throw new RangeError("an interval needs at least one value");
  const { sums, counts } = sumClusters(values);
  const mean = sums.reduce((total, sum) => total + sum, 0) / values.length;
  if (sums.length === 1) return { mean, low: -1, high: 1 };
  const draw = randomStream(seed);
  const rest = createRest();
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < sums.length; i++) {
      const cluster = draw.integer(sums.length);
      sum += sums[cluster] ?? 0;
      count += counts[cluster] ?? 0;
    }
    means[resample] = sum / count;
    await rest();
  }
  means.sort();
  return { mean, low: quantile(means, (1 - confidence) / 2), high: quantile(means, (1 + confidence) / 2) };
}

/** The mean difference of shares (0 … 1) measured twice on the same things, with its interval. Both lists in the same order. */
export async function pairedBootstrap(
  before: readonly ClusteredValue[],
  after: readonly ClusteredValue[],
  options: BootstrapOptions,
): Promise<Interval> {
  if (before.length !== after.length)
    throw new RangeError(
      `a paired comparison needs as many values after (${after.length}) as before (${before.length})`,
    );
  const differences = after.map(({ cluster, value }, index) => ({
    cluster,
    value: value - (before[index]?.value ?? 0),
  }));
  return clusteredBootstrap(differences, options);
}

/**
 * Mean of shares (0 … 1; 1 for a right answer) with its interval over clusters. Where all are 0 or all are 1, resampling finds no
 * spread, so the exact interval of as many independent answers as there are clusters is given (Clopper and Pearson, 1934).
 */
export async function shareInterval(values: readonly ClusteredValue[], confidence: number): Promise<Interval> {
  // As arguments of Math.min, a hundred thousand values would not fit the stack.
  const [lowest, highest] = [
    values.reduce((low, { value }) => Math.min(low, value), Infinity),
    values.reduce((high, { value }) => Math.max(high, value), -Infinity),
  ];
  const clusters = new Set(values.map(({ cluster }) => cluster)).size;
  if (lowest !== highest || (lowest !== 0 && lowest !== 1)) {
    const interval = await clusteredBootstrap(values, { confidence });
    return { ...interval, low: Math.max(0, interval.low) };
  }
  const edge = ((1 - confidence) / 2) ** (1 / clusters);
  return lowest === 1 ? { mean: 1, low: edge, high: 1 } : { mean: 0, low: 0, high: 1 - edge };
}

/**
 * Mean of values in 0 … 1 with Wilson's score interval (Wilson, 1927) of as many independent answers as there are clusters. One method for every
 * mean, 0 and 1 included; for values between 0 and 1 it is wider than need be. Throws when there are no values.
 */
export function wilsonInterval(values: readonly ClusteredValue[], z = 1.959964): Interval {
  if (values.length === 0) throw new RangeError("an interval needs at least one value");
  const clusters = new Set(values.map(({ cluster }) => cluster)).size;
  const mean = values.reduce((sum, { value }) => sum + value, 0) / values.length;
  const scale = 1 + z ** 2 / clusters;
  const centre = (mean + z ** 2 / (2 * clusters)) / scale;
  const half = (z / scale) * Math.sqrt((mean * (1 - mean)) / clusters + (z / (2 * clusters)) ** 2);
  return { mean, low: Math.max(0, Math.min(mean, centre - half)), high: Math.min(1, Math.max(mean, centre + half)) };
}

/**
 * Sum and number of the values of each cluster. In flat arrays: resampling goes to all of them at random, again and
 * again.
 */
function sumClusters(values: readonly ClusteredValue[]): {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
} {
  const places = new Map<string, number>();
  const [sums, counts] = [new Float64Array(values.length), new Float64Array(values.length)];
  for (const { cluster, value } of values) {
    const place = places.get(cluster) ?? places.size;
    places.set(cluster, place);
    sums[place] = (sums[place] ?? 0) + value;
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return { sums: sums.subarray(0, places.size), counts: counts.subarray(0, places.size) };
}

/** The value below which a share of the values lies: linear interpolation between the order statistics. */
export function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}
