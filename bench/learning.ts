import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repeated, type Figure } from "./harness.ts";
import { accuracyOf, measureStart, poolsOf, type StartResult } from "./support/quickRun.ts";

const seeds = [1, 2, 3];
const schedules = ["staged", "joint"] as const;

/**
 * What the preset quick-staged learns under both schedules: accuracy in points by pool and stage. Staged and joint runs of one seed
 * have the same iterations and meet the same questions. Twelve minutes on two cores.
 */
export async function* bench(): AsyncGenerator<Figure> {
  const root = await mkdtemp(join(tmpdir(), "med-r3-learning-"));
  try {
    for (const schedule of schedules) {
      const results: StartResult[] = [];
      for (const seed of seeds) {
        const { result } = await measureStart([
          "--root",
          root,
          "--port",
          "0",
          "--ui-port",
          "0",
          "--preset",
          "quick-staged",
          "--run",
          `${schedule}-${seed}`,
          "--seed",
          String(seed),
          "--schedule",
          schedule,
        ]);
        results.push(result);
      }
      yield* figures(schedule, results);
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function* figures(schedule: string, results: readonly StartResult[]): Generator<Figure> {
  for (const pool of poolsOf(results)) {
    for (const stage of new Set(results.flatMap(({ evaluations }) => evaluations.map((one) => one.stage))))
      yield repeated(
        `learning/${schedule}-${pool}-stage-${stage}`,
        "%",
        results.map((result) => 100 * accuracyOf(result, pool, stage)),
      );
  }
}
