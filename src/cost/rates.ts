import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { readConfiguration } from "../curriculum/runFolder.ts";
import { metricsFile } from "../trajectories/lanceLog.ts";

/** Tokens a second of an engine with a model. */
export interface Rates {
  /** Policy tokens, searches and scoring included. */
  readonly sampled: number;
  readonly trained: number;
  /** In words. */
  readonly from: string;
}

/** The world's own model on a processor (docs/performance.md: real rollouts with searches, updates of real trajectories), halved for an older laptop. */
const statedRates: Rates = {
  sampled: 7_000,
  trained: 18_000,
  from: "stated, not measured here: half of what docs/performance.md says of the built-in model on two cores",
};

/**
 * Operations a second of two cores of a laptop, about half of those in docs/performance.md: when a step reads one token of each of some rows, and when it
 * reads many.
 */
const operations = { sampling: 2e10, training: 1e11 };

/** A guess by the bytes of a model's weights, until something is measured: 2 operations a weight and token forward, 6 with the way back. */
export function ratesOfSize(bytes: number): Rates {
  const weights = bytes / Float32Array.BYTES_PER_ELEMENT;
  return {
    sampled: operations.sampling / (2 * weights),
    trained: operations.training / (6 * weights),
    from: "guessed from the size of the model, not measured",
  };
}

const Line = z.object({ metrics: z.record(z.string(), z.number()) });

/** Measured in the newest run under the root with the same engine, settings and model; stated for the built-in model; else null. */
export async function ratesFor(root: string, { policy, data }: RunConfiguration): Promise<Rates | null> {
  for (const name of await newestFirst(root)) {
    const folder = join(root, name);
    const measured = await readConfiguration(folder).then(
      async (configuration) =>
        isDeepStrictEqual(configuration.policy, policy) && configuration.data.dataset === data.dataset
          ? measure(await readFile(join(folder, metricsFile), "utf8"), name)
          : null,
      () => null,
    );
    if (measured !== null) return measured;
  }
  return policy.engine === "onnx" && policy.model === "built-in" ? statedRates : null;
}

/** Runs under the root by the time of their last step. */
async function newestFirst(root: string): Promise<string[]> {
  const runs = await Promise.all(
    (await readdir(root).catch(() => [])).map(async (name) => {
      const file = await stat(join(root, name, metricsFile)).catch(() => null);
      return file === null ? [] : [{ name, written: file.mtimeMs }];
    }),
  );
  return runs
    .flat()
    .toSorted((a, b) => b.written - a.written)
    .map(({ name }) => name);
}

/** Null where the run has no steps yet. Throws never: lines that cannot be read are left out. */
function measure(text: string, run: string): Rates | null {
  const sums = { sampled: 0, sampling: 0, trained: 0, training: 0, steps: 0 };
  for (const line of text.split("\n")) {
    const metrics = readLine(line);
    if (metrics === null) continue;
    const value = (name: string): number => metrics[name] ?? 0;
    sums.steps++;
    sums.sampled += value("tokens/sampled");
    sums.trained += value("tokens/trained");
    sums.training += value("timing_s/update");
    for (const [name, seconds] of Object.entries(metrics))
      if (name.startsWith("timing_s/") && name !== "timing_s/update") sums.sampling += seconds;
  }
  if (sums.sampled === 0 || sums.trained === 0 || sums.sampling === 0 || sums.training === 0) return null;
  return {
    sampled: sums.sampled / sums.sampling,
    trained: sums.trained / sums.training,
    from: `measured in run ${run}, ${sums.steps} steps`,
  };
}

function readLine(line: string): Record<string, number> | null {
  try {
    const parsed = Line.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data.metrics : null;
  } catch {
    return null;
  }
}
