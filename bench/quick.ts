import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repeated, type Figure } from "./harness.ts";
import { accuracyOf, measureStart, poolsOf, type MeasuredRun } from "./support/quickRun.ts";

const seeds = [1, 2, 3];

/** The whole quick preset by its own command, once per seed: time, memory, what was learnt. */
export async function* bench(): AsyncGenerator<Figure> {
  const root = await mkdtemp(join(tmpdir(), "med-r3-quick-"));
  try {
    const runs: MeasuredRun[] = [];
    for (const seed of seeds) {
      runs.push(await measureStart(["--root", root, "--port", "0", "--ui-port", "0", "--run", `quick-${seed}`, "--seed", String(seed)]));
    }
    yield repeated("quick/wall-time", "min", runs.map((run) => run.seconds / 60));
    yield repeated("quick/peak-memory", "GB", runs.map((run) => run.peakBytes / 1e9));
    for (const pool of poolsOf(runs.map(({ result }) => result))) yield gain(pool, runs);
    yield* probes(runs);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Mean over the seeds of final minus base accuracy in points; the held-out diseases are the headline, `quick/gain`. */
function gain(pool: string, runs: readonly MeasuredRun[]): Figure {
  const gains = runs.map(({ result }) => 100 * (accuracyOf(result, pool, 3) - accuracyOf(result, pool, 0)));
  const name = pool === "held-out-diseases" ? "quick/gain" : `quick/gain-${pool}`;
  return { ...repeated(name, "points", gains), value: gains.reduce((sum, value) => sum + value, 0) / gains.length };
}

/** Reading probes of the base: they say whether it could read before it was trained to search. */
function* probes(runs: readonly MeasuredRun[]): Generator<Figure> {
  const base = runs[0]?.result.evaluations.filter((one) => one.stage === 0) ?? [];
  const values = new Map(base.flatMap((one) => Object.entries(one.metrics).filter(([name]) => name.startsWith("probe/"))));
  for (const [name, value] of values) yield { name: `quick/${name}`, value, unit: "share", n: 1 };
}
