import { setHandler, upsertSearchAttributes, workflowInfo } from "@temporalio/workflow";
import { z } from "zod";
import { mostSteps } from "../src/configuration/bounds.ts";
import { RunName } from "../src/configuration/runName.ts";
import type { PoolResult } from "../activities/evaluation.ts";
import { searchAttributes } from "../temporal.config.ts";
import { createEngineSession } from "./engineSession.ts";
import { tellWait } from "./engineWait.ts";
import { unwrapped } from "./faults.ts";
import { parseInput } from "./input.ts";
import { cpu } from "./proxies.ts";
import { stopSignal } from "./stage.ts";
import { summaryText } from "../src/output/markdown.ts";

export const EvaluateInput = z
  .strictObject({
    run: RunName,
    /** The checkpoint; null is the newest. */
    step: z
      .number()
      .int()
      .min(0)
      .max(...mostSteps)
      .nullable()
      .default(null),
    branch: z.string().nullable().default(null),
    /** Pools of questions; null is all of the data set's, none is for benchmarks alone. */
    pools: z.array(z.string().min(1)).nullable().default(null),
    /** Public benchmarks and how they are asked (docs/rewards.md); each is checked in full before anything is answered. */
    benchmarks: z.array(z.record(z.string(), z.unknown())).default([]),
  })
  .refine(({ pools, benchmarks }) => pools?.length !== 0 || benchmarks.length > 0, {
    path: ["pools"],
    message: "name a pool, or leave it out for all",
  });
export type EvaluateInput = z.input<typeof EvaluateInput>;

export interface EvaluateResult {
  readonly outcome: "finished" | "stopped";
  readonly pools: readonly PoolResult[];
}

/** Answers the evaluation questions with one checkpoint; what the log already holds is not asked again. */
export async function evaluate(input: EvaluateInput): Promise<EvaluateResult> {
  const settings = parseInput(EvaluateInput, input);
  let stopping = false;
  setHandler(stopSignal, () => void (stopping = true), { description: "End after the pool at work." });
  upsertSearchAttributes([{ key: searchAttributes.run, value: settings.run }]);
  const { benchmarks, ...wanted } = settings;
  const target = await unwrapped(
    cpu.locateEvaluation({ ...wanted, parent: workflowInfo().parent?.workflowId ?? null }),
  );
  const asked =
    benchmarks.length === 0
      ? []
      : await unwrapped(cpu.planBenchmarks.executeWithOptions({ summary: "check the benchmarks" }, [benchmarks]));
  const engine = createEngineSession(settings.run, { onWait: tellWait });
  const checkpoint = { run: settings.run, branch: target.branch, step: target.step };
  const work = [
    ...target.pools.map(
      (pool) => () =>
        engine.run((activities) =>
          activities.evaluatePool.executeWithOptions({ summary: `evaluate ${summaryText(pool)}` }, [
            { ...checkpoint, pool },
          ]),
        ),
    ),
    ...asked.map(
      (task) => () =>
        engine.run((activities) =>
          activities.evaluateBenchmark.executeWithOptions({ summary: `evaluate ${summaryText(task.pool)}` }, [
            { ...checkpoint, ...task },
          ]),
        ),
    ),
  ];
  const pools: PoolResult[] = [];
  for (const evaluateNext of work) {
    if (stopping) {
      await engine.release();
      return { outcome: "stopped", pools };
    }
    pools.push(await evaluateNext());
  }
  return { outcome: "finished", pools };
}
