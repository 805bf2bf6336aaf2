import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, wantedCases, type Bench, type Figure } from "./harness.ts";
import { readingCases } from "./support/scaling/reading.ts";
import { indexingCases } from "./support/scaling/indexing.ts";
import { recordingCases } from "./support/scaling/recording.ts";
import type { ScalingCase } from "./support/scaling/case.ts";

const rows = [4_000, 40_000] as const;
const repetitions = 3;

/**
 * How the time of everything that works through rows grows: the exponent of processor time over rows between 4,000 and 40,000,
 * 1 for time in proportion, 2 for quadratic. Processor time of all threads, so that a busy machine hardly matters.
 * MED_R3_BENCH_ONLY names the cases that are wanted, as a regular expression.
 */
export const bench: Bench = async function* () {
  for (const one of wantedCases([...readingCases, ...indexingCases, ...recordingCases])) yield await measure(one);
};

async function measure(scaling: ScalingCase): Promise<Figure> {
  // Once to warm up.
  await timeOf(scaling, rows[0], 1);
  const [few, many] = [await timesOf(scaling, rows[0], repetitions), await timesOf(scaling, rows[1], repetitions)];
  const exponent = Math.log(median(many) / median(few)) / Math.log(rows[1] / rows[0]);
  process.stderr.write(
    `${scaling.name}: ${median(few).toFixed(0)} ms for ${rows[0]}, ${median(many).toFixed(0)} ms for ${rows[1]}\n`,
  );
  return {
    name: `scaling/${scaling.name}`,
    value: exponent,
    unit: "exponent of processor time over rows",
    n: repetitions,
  };
}

/** Milliseconds of processor time of each repetition. */
async function timesOf(scaling: ScalingCase, count: number, repetitions: number): Promise<number[]> {
  const all: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++)
    all.push(await timeOf(scaling, count, rows[1] / count));
  return all;
}

/**
 * A round's time, each in a folder of its own. Few rows are gone through as often as makes many of them, all of them made before the
 * first and what comes of each kept until the last: caches are then as cold, memory as new and its collector as busy as with
 * many rows. Else 10 times the rows of a cheap check cost 14 to 18 times the time, and 10 times those again 10 times.
 */
async function timeOf({ prepare }: ScalingCase, count: number, rounds: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-scaling-"));
  const works: (() => Promise<unknown>)[] = [];
  for (let round = 0; round < rounds; round++) {
    const own = join(folder, `${round}`);
    await mkdir(own);
    works.push(await prepare(own, count));
  }
  const kept: unknown[] = [];
  const start = process.cpuUsage();
  for (const work of works) kept.push(await work());
  const { user, system } = process.cpuUsage(start);
  await rm(folder, { recursive: true, force: true });
  return (user + system) / 1000 / rounds;
}
