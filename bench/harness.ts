import { z } from "zod";

/** One figure of a bench, one JSON object a line on standard output. Ratios are higher-is-better. */
export const Figure = z.strictObject({
  /** `bench/case`. */
  name: z.string().regex(/^[a-z0-9-]+\/[^\s]+$/u),
  value: z.number(),
  unit: z.string(),
  /** The peer's value, in the same unit. */
  peer: z.number().optional(),
  /** Ours ÷ peer in throughput, peer ÷ ours in time and memory: the median over the pairs. */
  ratio: z.number().optional(),
  /** Number of pairs or of repetitions. */
  n: z.number().int().min(1).optional(),
  /** Smallest and largest ratio of the pairs, or value of the repetitions. */
  low: z.number().optional(),
  high: z.number().optional(),
});
export type Figure = z.infer<typeof Figure>;

/** A bench yields its figures as they are ready; everything else it has to say goes to standard error. */
export type Bench = () => AsyncIterable<Figure>;

/** Those of a bench's cases that MED_R3_BENCH_ONLY, a regular expression, names; all without it. */
export function wantedCases<Case extends { readonly name: string }>(cases: readonly Case[]): Case[] {
  const only = new RegExp(process.env["MED_R3_BENCH_ONLY"] ?? "", "u");
  return cases.filter(({ name }) => only.test(name));
}

export type Direction = "higher-is-better" | "lower-is-better";

export interface Comparison {
  readonly name: string;
  readonly unit: string;
  /** Throughputs are higher-is-better, times and memory lower-is-better. */
  readonly direction: Direction;
  /** Measures our side once, in `unit`. */
  readonly ours: () => Promise<number>;
  /** Measures the peer once, in `unit`. */
  readonly peer: () => Promise<number>;
  readonly pairs?: number;
  /** False where one measurement takes minutes, beside which what a first one costs is nothing. True unless given. */
  readonly warmUp?: boolean;
}

const defaultPairs = 5;

/** Measures both sides in turn, after one warm-up of each unless it is left out, and reports medians with the range of the ratio. */
export async function compare(comparison: Comparison): Promise<Figure> {
  const pairs = comparison.pairs ?? defaultPairs;
  if (comparison.warmUp !== false) {
    await comparison.ours();
    await comparison.peer();
  }
  const ours: number[] = [];
  const peer: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    // The order alternates, so that a drift of the machine favours neither side.
    if (pair % 2 === 0) {
      ours.push(await comparison.ours());
      peer.push(await comparison.peer());
    } else {
      peer.push(await comparison.peer());
      ours.push(await comparison.ours());
    }
  }
  const ratios = ours.map((value, pair) => ratioOf(value, at(peer, pair), comparison.direction));
  return {
    name: comparison.name,
    value: median(ours),
    unit: comparison.unit,
    peer: median(peer),
    ratio: median(ratios),
    n: pairs,
    low: Math.min(...ratios),
    high: Math.max(...ratios),
  };
}

/** One figure without a peer from repeated measurements: the median with its range. */
export function repeated(name: string, unit: string, values: readonly number[]): Figure {
  return { name, value: median(values), unit, n: values.length, low: Math.min(...values), high: Math.max(...values) };
}

/** Middle value; the mean of the two middle ones for an even number. Throws on an empty list. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("median of no values");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? at(sorted, middle) : (at(sorted, middle - 1) + at(sorted, middle)) / 2;
}

/** Seconds that an action takes, by the monotonic clock. */
export async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return (performance.now() - start) / 1000;
}

function ratioOf(ours: number, peer: number, direction: Direction): number {
  return direction === "higher-is-better" ? ours / peer : peer / ours;
}

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no value ${index}`);
  return value;
}
