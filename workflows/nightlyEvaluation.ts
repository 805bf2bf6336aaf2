import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from "@temporalio/workflow";
import { z } from "zod";
import { RunName } from "../src/configuration/configuration.ts";
import type { NightTask } from "../activities/nights.ts";
import { nightly, searchAttributes } from "../temporal.config.ts";
import { createEngineSession } from "./engineSession.ts";
import { unwrapped } from "./faults.ts";
import { parseInput } from "./input.ts";
import { cpu } from "./proxies.ts";

const NightlyInput = z.strictObject({
  /** Runs whose newest stage end is evaluated; null is every run. */
  runs: z.array(RunName).nullable().default(null),
  /** Pools of questions; null is all of each run's data set. */
  pools: z.array(z.string().min(1)).nullable().default(null),
  /** Public benchmarks that every run is asked beside its pools, as in the workflow `evaluate`. */
  benchmarks: z.array(z.record(z.string(), z.unknown())).default([]),
  /** Level of the interval of the paired comparison with the night before. */
  confidence: z.number().gt(0.5).lt(1).default(nightly.confidence),
  /** Told of regressions by a POST; null tells no one. */
  webhook: z.url({ protocol: /^https?$/ }).nullable().default(null),
  /** The night to write down; null is the scheduled or present day (UTC). */
  night: z.iso.date().nullable().default(null),
});
export type NightlyInput = z.input<typeof NightlyInput>;

export interface NightlyResult {
  readonly night: string;
  readonly evaluated: number;
  /** What got worse, in words. */
  readonly regressions: readonly string[];
}

/** Evaluates checkpoints anew, compares them with the nights before, and says where they got worse. Training goes first. */
export async function nightlyEvaluation(input: NightlyInput = {}): Promise<NightlyResult> {
  const { runs, pools, benchmarks, confidence, webhook, night: given } = parseInput(NightlyInput, input);
  const night = given ?? scheduledDay();
  const asked = benchmarks.length === 0 ? [] : await unwrapped(cpu.planBenchmarks.executeWithOptions({ summary: "check the benchmarks" }, [benchmarks]));
  const tasks = await unwrapped(cpu.nightTasks.executeWithOptions({ summary: "what is evaluated tonight" }, [{ runs, pools, benchmarks: asked }]));
  for (const task of tasks) await evaluate(task, night);
  const { regressions } = await cpu.compareNight.executeWithOptions({ summary: "compare with the nights before" }, [{ night, confidence }]);
  upsertSearchAttributes([{ key: searchAttributes.regression, value: regressions.length > 0 }]);
  setCurrentDetails(details(night, tasks.length, regressions));
  if (webhook !== null && regressions.length > 0) await cpu.tellWebhook.executeWithOptions({ summary: "tell the webhook" }, [{ url: webhook, night, regressions }]);
  return { night, evaluated: tasks.length, regressions };
}

async function evaluate(task: NightTask, night: string): Promise<void> {
  const engine = createEngineSession(task.run, null, nightly.priority);
  await engine.run((activities) => activities.evaluateNight.executeWithOptions({ summary: `${task.run}: ${task.pool}` }, [{ ...task, night }]));
  await engine.release();
}

/** A backfilled or late start writes down the day it was meant for. */
function scheduledDay(): string {
  const scheduled: unknown = workflowInfo().searchAttributes["TemporalScheduledStartTime"]?.[0];
  return (scheduled instanceof Date ? scheduled : new Date()).toISOString().slice(0, 10);
}

function details(night: string, evaluated: number, regressions: readonly string[]): string {
  const found = regressions.length === 0 ? "No regression." : `**Regressions**\n\n${regressions.map((one) => `- ${one}`).join("\n")}`;
  return `Night of ${night}: ${evaluated} evaluations.\n\n${found}`;
}
