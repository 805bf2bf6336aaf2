import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repeated, type Figure } from "./harness.ts";
import { accuracyOf, endAccuracyOf, measureStart, poolsOf, type MeasuredRun } from "./support/quickRun.ts";

/** The preset was chosen on world 1 alone, so the others say what it is worth. */
const worlds = [1, 2, 3, 4];
const seeds = [1, 2];
const goodEnd = 0.8;

interface WorldRun extends MeasuredRun {
  readonly world: number;
  readonly seed: number;
}

/** The whole quick preset by its own command, on each world with each seed: time, memory, what was learnt. Half an hour on two quiet cores. */
export async function* bench(): AsyncGenerator<Figure> {
  const root = await mkdtemp(join(tmpdir(), "med-r3-quick-"));
  try {
    const runs: WorldRun[] = [];
    for (const world of worlds) {
      for (const seed of seeds) {
        const run = await measure(root, world, seed);
        runs.push(run);
        yield* accuracies(run);
      }
    }
    // Other worlds' first runs make their base too.
    const kept = runs.filter(({ world }) => world === worlds[0]);
    yield repeated(
      "quick/wall-time",
      "min",
      kept.map((run) => run.seconds / 60),
    );
    yield repeated(
      "quick/peak-memory",
      "GB",
      runs.map((run) => run.peakBytes / 1e9),
    );
    for (const pool of poolsOf(runs.map(({ result }) => result))) yield* spread(pool, runs);
    yield goodEnds(runs);
    yield* probes(runs);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function measure(root: string, world: number, seed: number): Promise<WorldRun> {
  const names = ["--run", `world-${world}-seed-${seed}`, "--seed", String(seed), "--set", `data.worldSeed=${world}`];
  return { world, seed, ...(await measureStart(["--root", root, "--port", "0", "--ui-port", "0", ...names])) };
}

/** Accuracy of one run after the last stage, by pool. */
function* accuracies({ world, seed, result }: WorldRun): Generator<Figure> {
  for (const pool of poolsOf([result])) {
    yield {
      name: `quick/world-${world}-seed-${seed}-${pool}`,
      value: 100 * endAccuracyOf(result, pool),
      unit: "%",
      n: 1,
    };
  }
}

/** Final accuracy and gain over the base, with their range over worlds and seeds; `quick/gain-…` is the mean. */
function* spread(pool: string, runs: readonly WorldRun[]): Generator<Figure> {
  const ends = runs.map(({ result }) => 100 * endAccuracyOf(result, pool));
  const gains = runs.map(({ result }) => 100 * (endAccuracyOf(result, pool) - accuracyOf(result, pool, 0)));
  yield repeated(`quick/end-${pool}`, "%", ends);
  yield {
    ...repeated(`quick/gain-${pool}`, "points", gains),
    value: gains.reduce((sum, value) => sum + value, 0) / gains.length,
  };
}

/** Share of runs that end above 80 % on every pool: outcomes are bimodal, so this says more than a mean. */
function goodEnds(runs: readonly WorldRun[]): Figure {
  const good = runs.filter(({ result }) => poolsOf([result]).every((pool) => endAccuracyOf(result, pool) > goodEnd));
  return { name: "quick/ends-above-80", value: good.length / runs.length, unit: "share", n: runs.length };
}

/** Lowest reading probe of the bases by name: they say whether a base could read before it was trained to search. */
function* probes(runs: readonly WorldRun[]): Generator<Figure> {
  const values = runs.flatMap(({ result }) =>
    result.evaluations
      .filter(({ stage }) => stage === 0)
      .flatMap(({ metrics }) => Object.entries(metrics).filter(([name]) => name.startsWith("probe/"))),
  );
  for (const name of new Set(values.map(([one]) => one))) {
    const own = values.filter(([one]) => one === name).map(([, value]) => value);
    yield { name: `quick/${name}`, value: Math.min(...own), unit: "share", n: own.length };
  }
}
