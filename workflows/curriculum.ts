import { allHandlersFinished, condition, continueAsNew, isCancellation, upsertSearchAttributes, workflowInfo } from "@temporalio/workflow";
import { z } from "zod";
import type { RunTask } from "../activities/runs.ts";
import { failureTypes, searchAttributes } from "../temporal.config.ts";
import { runChild } from "./children.ts";
import { createCurriculumState, isInterrupted, type CurriculumState } from "./curriculumState.ts";
import { hold, whilePaused } from "./waiting.ts";
import { evaluate } from "./evaluate.ts";
import { describeFault, isFailureOfType, unwrapped } from "./faults.ts";
import { handleMessages } from "./handlers.ts";
import { indexCorpus } from "./indexCorpus.ts";
import { parseInput } from "./input.ts";
import { showDetails } from "./details.ts";
import { beginTask, finishRun } from "./curriculumProgress.ts";
import { cpu } from "./proxies.ts";
import { createEngineSession } from "./engineSession.ts";
import { stage } from "./stage.ts";

/** Overrides of the preset; the first activity resolves and checks them by field. */
const CurriculumInput = z.record(z.string(), z.unknown());
export type CurriculumInput = z.input<typeof CurriculumInput>;

export interface CurriculumResult {
  readonly run: string;
  /** Relative to the run's folder. */
  readonly report: string;
}

/** What a new history of the same run must know beside the log. */
interface Carried {
  readonly paused: boolean;
}

/**
 * A whole run: corpus, base, three gated stages, evaluations, report. The log decides what comes next, so starting
 * again with the name of a closed run resumes it, and a fault after the start holds the run until `retry` or `abort`.
 */
export async function curriculum(input: CurriculumInput = {}, carried: Carried = { paused: false }): Promise<CurriculumResult> {
  const state = createCurriculumState(carried.paused);
  handleMessages(state);
  const opened = await unwrapped(cpu.openRun.executeWithOptions({ summary: "resolve and save the configuration" }, [parseInput(CurriculumInput, input)]));
  state.run = opened.run;
  upsertSearchAttributes([
    { key: searchAttributes.run, value: opened.run },
    { key: searchAttributes.engine, value: opened.engine },
  ]);
  for (;;) {
    await safePoint(state, opened.run);
    const overview = await durably(state, "next task", () => cpu.nextTask.executeWithOptions({ summary: "what the log says is next" }, [{ run: opened.run }]));
    beginTask(state, overview);
    const { task } = overview;
    if (task.kind === "report") break;
    await durably(state, task.kind, () => perform(state, opened.run, task));
    if (workflowInfo().continueAsNewSuggested) await restart(state, opened.run);
  }
  const { file } = await durably(state, "report", () => cpu.writeReport.executeWithOptions({ summary: "write the report" }, [{ run: opened.run }]));
  finishRun(state, file);
  await condition(allHandlersFinished);
  return { run: opened.run, report: file };
}

/** Between two tasks: a pause rests here, a roll-back is done here. */
async function safePoint(state: CurriculumState, run: string): Promise<void> {
  for (;;) {
    await whilePaused(state);
    const request = state.rollBack;
    if (request === null) return;
    state.rollBack = null;
    await durably(state, "roll back", () => cpu.rollBack.executeWithOptions({ summary: `roll back to step ${request.step}: ${request.reason}`.slice(0, 200) }, [{ run, ...request }]));
  }
}

/** A fresh history; the log carries everything but the pause. */
async function restart(state: CurriculumState, run: string): Promise<never> {
  await condition(allHandlersFinished);
  return continueAsNew<typeof curriculum>({ run }, { paused: state.paused });
}

async function perform(state: CurriculumState, run: string, task: Exclude<RunTask, { kind: "report" }>): Promise<void> {
  switch (task.kind) {
    case "index":
      await runChild(state, indexCorpus, "index", { run });
      return;
    case "base":
      await createEngineSession(run, null).run((activities) => activities.prepareBase.executeWithOptions({ summary: "make or copy the base policy" }, [{ run }]));
      return;
    case "evaluate":
      await runChild(state, evaluate, `evaluate-${task.branch}-${task.step}`, { run, branch: task.branch, step: task.step });
      return;
    case "stage":
      await trainStage(state, run, task.stage);
      return;
    case "gate":
      await waitForGate(state, run, task);
  }
}

async function trainStage(state: CurriculumState, run: string, number: number): Promise<void> {
  const result = await runChild(state, stage, `stage-${number}`, { run, stage: number });
  if (result.outcome === "held") await hold(state, result.cause);
  if (result.outcome === "finished") upsertSearchAttributes([{ key: searchAttributes.gateState, value: result.gate.decision }]);
}

/** A gate that did not promote waits for a person's decision, which the log keeps. */
async function waitForGate(state: CurriculumState, run: string, task: Extract<RunTask, { kind: "gate" }>): Promise<void> {
  state.openGate = task.verdict;
  showDetails(state);
  await condition(() => state.gateDecision !== null || isInterrupted(state));
  const decision = state.gateDecision;
  state.gateDecision = null;
  state.openGate = null;
  if (decision !== null) await cpu.recordGateDecision.executeWithOptions({ summary: `gate of stage ${task.stage}: ${decision.decision}` }, [{ run, stage: task.stage, ...decision }]);
}

/** Does the work until it succeeds; a fault that retries did not cure holds the run. */
async function durably<T>(state: CurriculumState, what: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (isCancellation(error) || isFailureOfType(error, failureTypes.aborted)) throw error;
      await hold(state, `${what}: ${describeFault(error)}`);
    }
  }
}
