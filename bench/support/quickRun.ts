import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { watchPeakMemory } from "./processTree.ts";

/** What `npm start -- --json` prints at the end. */
export const StartResult = z.object({
  run: z.string(),
  report: z.string(),
  evaluations: z.array(
    z.object({
      stage: z.number(),
      checkpoint: z.string(),
      pool: z.string(),
      accuracy: z.number().nullable(),
      questions: z.number(),
      metrics: z.record(z.string(), z.number()),
    }),
  ),
});
export type StartResult = z.infer<typeof StartResult>;

export interface MeasuredRun {
  readonly result: StartResult;
  readonly seconds: number;
  readonly peakBytes: number;
}

const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/** Runs `npm start` in a process of its own and measures its wall time and the peak memory of the whole process tree. */
export async function measureStart(startArguments: readonly string[]): Promise<MeasuredRun> {
  const started = performance.now();
  const child = spawn(process.execPath, ["bootstrap.cjs", "start", "--json", ...startArguments], {
    cwd: projectFolder,
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  if (child.pid === undefined) throw new Error("npm start could not be started");
  const memory = watchPeakMemory(child.pid);
  let lastLine = "";
  if (child.stdout === null) throw new Error("npm start has no output");
  createInterface(child.stdout).on("line", (line) => {
    lastLine = line;
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const peakBytes = memory.stop();
  if (code !== 0) throw new Error(`npm start ended with code ${code}`);
  return { result: StartResult.parse(JSON.parse(lastLine)), seconds: (performance.now() - started) / 1000, peakBytes };
}

/** Names of the pools that runs were evaluated on. */
export function poolsOf(results: readonly StartResult[]): string[] {
  return [...new Set(results.flatMap(({ evaluations }) => evaluations.map(({ pool }) => pool)))];
}

/** Share of right answers after the last stage. Throws where it was not measured. */
export function endAccuracyOf(result: StartResult, pool: string): number {
  return accuracyOf(result, pool, Math.max(...result.evaluations.map(({ stage }) => stage)));
}

/** Share of right answers after a stage (0: the base). Throws where it was not measured. */
export function accuracyOf({ run, evaluations }: StartResult, pool: string, stage: number): number {
  const accuracy = evaluations.findLast((one) => one.pool === pool && one.stage === stage)?.accuracy;
  if (accuracy === undefined || accuracy === null)
    throw new Error(`run ${run} has no accuracy on ${pool} after stage ${stage}`);
  return accuracy;
}
