import {
  ApplicationFailure,
  isCancellation,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import { z } from "zod";
import { RunName } from "../src/configuration/runName.ts";
import { ServiceName } from "../src/configuration/services.ts";
import type { BenchmarkTask } from "../activities/benchmarks.ts";
import type { NightlyFailure, NightlyTask } from "../activities/nightly.ts";
import { failureTypes, nightly, searchAttributes } from "../temporal.config.ts";
import { createEngineSession } from "./engineSession.ts";
import { tellWait } from "./engineWait.ts";
import { describeFault, unwrapped } from "./faults.ts";
import { parseInput } from "./input.ts";
import { cpu } from "./proxies.ts";
import { markdownText, summaryText } from "../src/output/markdown.ts";

export const NightlyInput = z
  .strictObject({
    /** Runs whose newest stage end is evaluated; null is every run. */
    runs: z.array(RunName).min(1, "name a run, or leave it out for all").nullable().default(null),
    /** Pools of questions; null is all of each run's data set. */
    pools: z.array(z.string().min(1)).nullable().default(null),
    /** Public benchmarks that every run is asked beside its pools, as in the workflow `evaluate`. */
    benchmarks: z.array(z.record(z.string(), z.unknown())).default([]),
    /** Level of the interval of the paired comparison with the nightly evaluation before. */
    confidence: z.number().gt(0.5).lt(1).default(nightly.confidence),
    /** The service (MED_R3_SERVICES) that is told of regressions and failures by a POST; null tells no one. */
    webhook: ServiceName.nullable().default(null),
    /** Date to record; null is the scheduled or present day (UTC). */
    night: z.iso.date().nullable().default(null),
  })
  .refine(({ pools, benchmarks }) => pools?.length !== 0 || benchmarks.length > 0, {
    path: ["pools"],
    message: "name a pool, or leave it out for all",
  });
export type NightlyInput = z.input<typeof NightlyInput>;

export interface NightlyResult {
  readonly night: string;
  readonly evaluated: number;
  /** What got worse, in words. */
  readonly regressions: readonly string[];
}

/**
 * Evaluates checkpoints anew, compares the results with the nightly evaluations before, and says where they got worse. Training goes first.
 * What fails is noted with its run's name, the others go on, and the workflow fails as FailedInPart at its end.
 */
export async function nightlyEvaluation(input: NightlyInput = {}): Promise<NightlyResult> {
  const { runs, pools, benchmarks, confidence, webhook, night: given } = parseInput(NightlyInput, input);
  const night = given ?? scheduledDay();
  const failures: NightlyFailure[] = [];
  const asked = await planBenchmarks(benchmarks, failures);
  const found = await unwrapped(
    cpu.nightlyTasks.executeWithOptions({ summary: "what is evaluated tonight" }, [
      { runs, pools, benchmarks: asked, webhook },
    ]),
  );
  failures.push(...found.filter(isFailure));
  let evaluated = 0;
  for (const task of found) {
    if (!isFailure(task) && (await succeeds(failures, task, () => evaluate(task, night)))) evaluated++;
  }
  const { regressions } = await cpu.reportRegressions.executeWithOptions(
    { summary: "compare with earlier nightly evaluations" },
    [{ night, confidence }],
  );
  upsertSearchAttributes([{ key: searchAttributes.regression, value: regressions.length > 0 }]);
  setCurrentDetails(details(night, evaluated, regressions, failures));
  if (webhook !== null && (regressions.length > 0 || failures.length > 0)) {
    await succeeds(failures, { run: "webhook", pool: null }, () =>
      cpu.tellWebhook.executeWithOptions({ summary: "tell the webhook" }, [{ webhook, night, regressions, failures }]),
    );
    setCurrentDetails(details(night, evaluated, regressions, failures));
  }
  if (failures.length > 0) throw failedInPart(night, evaluated, failures);
  return { night, evaluated, regressions };
}

/** Each by itself: one whose files are gone leaves the others. */
async function planBenchmarks(
  benchmarks: readonly unknown[],
  failures: NightlyFailure[],
): Promise<readonly BenchmarkTask[]> {
  const planned: BenchmarkTask[] = [];
  for (const [index, benchmark] of benchmarks.entries()) {
    await succeeds(failures, { run: `benchmarks.${index}`, pool: null }, async () => {
      planned.push(
        ...(await cpu.planBenchmarks.executeWithOptions({ summary: "check the benchmarks" }, [[benchmark]])),
      );
    });
  }
  return planned;
}

/** Does work and records its failure instead of throwing; false where it failed. */
async function succeeds(
  failures: NightlyFailure[],
  { run, pool }: Pick<NightlyFailure, "run" | "pool">,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    failures.push({ run, pool, cause: describeFault(error) });
    return false;
  }
}

function isFailure(task: NightlyTask | NightlyFailure): task is NightlyFailure {
  return "cause" in task;
}

async function evaluate(task: NightlyTask, night: string): Promise<void> {
  const engine = createEngineSession(task.run, { priority: nightly.priority, onWait: tellWait });
  await engine.run((activities) =>
    activities.evaluateNightly.executeWithOptions({ summary: summaryText(`${task.run}: ${task.pool}`) }, [
      { ...task, night },
    ]),
  );
  await engine.release();
}

function failedInPart(night: string, evaluated: number, failures: readonly NightlyFailure[]): ApplicationFailure {
  const message = `the night of ${night} failed in part: ${evaluated} evaluated, ${failures.length} failed: ${failures.map(failureLine).join("; ")}`;
  return ApplicationFailure.create({ message, type: failureTypes.failedInPart, nonRetryable: true });
}

function failureLine({ run, pool, cause }: NightlyFailure): string {
  return `${pool === null ? run : `${run}, ${pool}`}: ${cause}`;
}

/** A backfilled or late start writes down the day it was meant for. */
function scheduledDay(): string {
  const scheduled: unknown = workflowInfo().searchAttributes["TemporalScheduledStartTime"]?.[0];
  return (scheduled instanceof Date ? scheduled : new Date()).toISOString().slice(0, 10);
}

function details(
  night: string,
  evaluated: number,
  regressions: readonly string[],
  failures: readonly NightlyFailure[],
): string {
  const list = (title: string, lines: readonly string[]): string =>
    `**${title}**\n\n${lines.map((line) => `- ${markdownText(line)}`).join("\n")}`;
  return [
    `Night of ${night}: ${evaluated} evaluations.`,
    regressions.length === 0 ? "No regression." : list("Regressions", regressions),
    ...(failures.length === 0 ? [] : [list("Failed", failures.map(failureLine))]),
  ].join("\n\n");
}
