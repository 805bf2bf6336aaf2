import type { StageTask } from "../activities/runs.ts";
import {
  ApplicationFailure,
  continueAsNew,
  defineSignal,
  isCancellation,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import { z } from "zod";
import { most } from "../src/configuration/bounds.ts";
import { RunName } from "../src/configuration/runName.ts";
import { StageName } from "../src/configuration/stages.ts";
import type { Gate } from "../src/domain/gate.ts";
import { failureTypes, iterationsPerHistory } from "../temporal.config.ts";
import { tellWait } from "./engineWait.ts";
import { createEngineSession, type EngineSession } from "./engineSession.ts";
import { namedFault } from "./faults.ts";
import { endStage } from "./endStage.ts";
import { parseInput } from "./input.ts";
import { iterate, type IterationTools, type NextIteration } from "./iteration.ts";
import { cpu } from "./proxies.ts";
import { createStageReporter } from "./stageReporter.ts";

export const StageInput = z.strictObject({
  run: RunName,
  /** By its name. */
  stage: StageName,
  /** Iterations in one history before the workflow continues as new. */
  iterationsPerHistory: z
    .number()
    .int()
    .min(1)
    .max(...most(1000, "a history holds 51,200 events, some 20 an iteration"))
    .default(iterationsPerHistory),
  /** Given when continued as new: the queue of the engine held. */
  engineQueue: z.string().nullable().default(null),
});
export type StageInput = z.input<typeof StageInput>;

/** How a stage's workflow completed; the log says where the next one goes on. A fault fails it, so that it never reads as completed. */
export type StageResult =
  /** Without a gate where the stage has none. */
  { readonly outcome: "finished"; readonly gate: Gate | null } | { readonly outcome: "stopped" };

/** Asks a stage to end at the next safe point. */
export const stopSignal = defineSignal("stop");

/** Trains one stage from where the log says it is: iterations of rollout → score → update, then the gate where it has one. */
export async function stage(input: StageInput): Promise<StageResult> {
  const settings = parseInput(StageInput, input);
  let stopping = false;
  setHandler(stopSignal, () => void (stopping = true), {
    description: "End at the next safe point; started again, the stage goes on there.",
  });
  const engine = createEngineSession(settings.run, { heldQueue: settings.engineQueue, onWait: tellWait });
  const result = await train(settings, engine, () => stopping).catch((error: unknown) => {
    throw isCancellation(error) ? error : namedFault(error);
  });
  if (result === null) return continueAsNew<typeof stage>({ ...settings, engineQueue: engine.queue });
  if (result.outcome === "finished") refuseOpenGate(settings.run, result.gate);
  return result;
}

/**
 * Throws for a gate that waits for a person: it is decided through the curriculum, and a stage started by itself has
 * none.
 */
function refuseOpenGate(run: string, gate: Gate | null): void {
  if (gate?.decision !== "hold" || workflowInfo().parent !== undefined) return;
  const message = `the stage is trained, but its gate waits for a person: ${gate.message}. Start curriculum with {"run": "${run}"} and send it the update decideGate`;
  throw ApplicationFailure.create({ message, type: failureTypes.held, nonRetryable: true });
}

/** Throws for a reached budget: more is approved through the curriculum, and a stage started by itself has none. */
function refuseAlone(run: string, overBudget: string): void {
  if (workflowInfo().parent !== undefined) return;
  const message = `${overBudget}. Start curriculum with {"run": "${run}"} and send it the update approveBudget`;
  throw ApplicationFailure.create({ message, type: failureTypes.held, nonRetryable: true });
}

/** Null when the history is full and the stage is to continue as new. */
async function train(
  settings: z.output<typeof StageInput>,
  engine: EngineSession,
  stopping: () => boolean,
): Promise<StageResult | null> {
  const start = await cpu.locateStage({
    run: settings.run,
    stage: settings.stage,
    parent: workflowInfo().parent?.workflowId ?? null,
  });
  const reporter = createStageReporter(start);
  try {
    return await trainFrom(start, settings, { engine, reporter, shards: start.shards ?? 1 }, stopping);
  } finally {
    await reporter.allTold();
  }
}

async function trainFrom(
  start: StageTask,
  settings: z.output<typeof StageInput>,
  tools: IterationTools,
  stopping: () => boolean,
): Promise<StageResult | null> {
  const { engine, reporter } = tools;
  let next: NextIteration = { position: start, rolledOut: null };
  for (let done = 0; next.position.iteration < next.position.iterations; done++) {
    const overBudget = next.overBudget ?? null;
    if (overBudget !== null) refuseAlone(settings.run, overBudget);
    if (stopping() || overBudget !== null) {
      await engine.release();
      return { outcome: "stopped" };
    }
    // With many shards a history is full sooner.
    const full = tools.shards > 1 && workflowInfo().continueAsNewSuggested;
    if (done >= settings.iterationsPerHistory || full) {
      await cpu.maintain.executeWithOptions({ summary: "sweep and compact the log" }, [{ run: settings.run }]);
      return null;
    }
    next = await iterate(next, tools);
  }
  return { outcome: "finished", gate: await endStage(next.position, engine, reporter) };
}
