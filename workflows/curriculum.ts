import {
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import { z } from "zod";
import type { OpenedRun } from "../activities/openRun.ts";
import type { RunTask } from "../activities/runs.ts";
import { failureTypes, searchAttributes } from "../temporal.config.ts";
import { runChild } from "./children.ts";
import { createCurriculumState, isInterrupted, type CurriculumState } from "./curriculumState.ts";
import { hold, whilePaused, whileWaiting } from "./waiting.ts";
import { evaluate } from "./evaluate.ts";
import { describeFault, isFailureOfType, rootCause, unwrapped } from "./faults.ts";
import { handleMessages } from "./handlers.ts";
import { indexCorpus } from "./indexCorpus.ts";
import { badInput, parseInput } from "./input.ts";
import { ExtendRequest, RollBackRequest } from "./messages.ts";
import { beginTask, finishRun, noteEngineWait } from "./curriculumProgress.ts";
import { cpu } from "./proxies.ts";
import { createEngineSession } from "./engineSession.ts";
import { stage } from "./stage.ts";
import { summaryText } from "../src/output/markdown.ts";

/** Overrides of the preset, which the first activity resolves and checks by field; and what is done with a run that exists before it goes on. */
const CurriculumInput = z.looseObject({ rollBack: RollBackRequest.optional(), extend: ExtendRequest.optional() });
export type CurriculumInput = z.input<typeof CurriculumInput>;

export interface CurriculumResult {
  readonly run: string;
  /** Relative to the run's folder. */
  readonly report: string;
}

/** State that a new history of the run gets, beside the log. */
interface Carried {
  readonly paused: boolean;
}

/**
 * A whole run: corpus, base, gated stages, evaluations, report. The log decides what comes next, so starting
 * again with the name of a closed run resumes it, and a fault after the start holds the run until `retry` or `abort`.
 */
export async function curriculum(
  input: CurriculumInput = {},
  carried: Carried = { paused: false },
): Promise<CurriculumResult> {
  const state = createCurriculumState(carried.paused);
  handleMessages(state);
  const request = parseInput(CurriculumInput, input);
  const opened = await open(state, request);
  const { run } = opened;
  state.run = run;
  upsertSearchAttributes([
    { key: searchAttributes.run, value: run },
    { key: searchAttributes.engine, value: opened.engine },
  ]);
  await takeUp(run, request);
  let report: string | null = null;
  while (report === null || state.rollBack !== null) {
    await safePoint(state, run);
    const overview = await durably(state, "next task", () =>
      cpu.nextTask.executeWithOptions({ summary: "what the log says is next" }, [{ run }]),
    );
    if (overview === null) continue;
    beginTask(state, overview);
    const { task } = overview;
    // A report uses no budget, and a gate waits for a person anyway.
    const overBudget = overview.overBudget ?? null;
    if (overBudget !== null && task.kind !== "report" && task.kind !== "gate") {
      await waitForBudget(state, run, overBudget);
      continue;
    }
    if (task.kind === "report") {
      report =
        (
          await durably(state, "report", () =>
            cpu.writeReport.executeWithOptions({ summary: "write the report" }, [{ run }]),
          )
        )?.file ?? null;
      continue;
    }
    await durably(state, task.kind, () => perform(state, run, task));
    if (workflowInfo().continueAsNewSuggested) await restart(state, run);
  }
  finishRun(state, report);
  await condition(allHandlersFinished);
  return { run, report };
}

/** Only what a person gave wrongly at the start fails the workflow; everything else holds it. */
async function open(state: CurriculumState, request: z.output<typeof CurriculumInput>): Promise<OpenedRun> {
  const { rollBack, extend, ...overrides } = request;
  const { workflowId, firstExecutionRunId: firstRunId, continuedFromExecutionRunId } = workflowInfo();
  if ((rollBack ?? extend) !== undefined && overrides["run"] === undefined)
    throw badInput("run: say which run is rolled back or extended");
  for (;;) {
    try {
      return await cpu.openRun.executeWithOptions({ summary: "resolve and save the configuration" }, [
        overrides,
        { workflowId, firstRunId },
      ]);
    } catch (error) {
      if (isCancellation(error)) throw error;
      if (continuedFromExecutionRunId === undefined && isFailureOfType(error, failureTypes.badInput))
        throw rootCause(error);
      await hold(state, describeFault(error));
    }
  }
}

/** Does what a person asked for with the start, once. A wrong request fails the workflow before anything goes on. */
async function takeUp(run: string, { rollBack, extend }: z.output<typeof CurriculumInput>): Promise<void> {
  if (rollBack !== undefined)
    await unwrapped(
      cpu.rollBack.executeWithOptions({ summary: `roll back to step ${rollBack.step}` }, [{ run, ...rollBack }]),
    );
  if (extend !== undefined)
    await unwrapped(
      cpu.extendStage.executeWithOptions({ summary: `extend stage ${extend.stage}` }, [{ run, ...extend }]),
    );
}

/** Between two tasks: waits while the run is paused, and does a requested roll-back. */
async function safePoint(state: CurriculumState, run: string): Promise<void> {
  for (;;) {
    await whilePaused(state);
    const request = state.rollBack;
    if (request === null) return;
    state.rollBack = null;
    state.gateDecision = null;
    state.pace = null;
    await durably(state, "roll back", () =>
      cpu.rollBack.executeWithOptions(
        { summary: `roll back to step ${request.step}: ${summaryText(request.reason)}` },
        [{ run, ...request }],
      ),
    );
  }
}

/** Continues as new; the log carries everything but the pause. */
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
      await createEngineSession(run, { onWait: (reason) => noteEngineWait(state, reason) }).run((activities) =>
        activities.prepareBase.executeWithOptions({ summary: "make or copy the base policy" }, [{ run }]),
      );
      return;
    case "evaluate":
      await runChild(state, evaluate, `evaluate-${task.branch}-${task.step}`, {
        run,
        branch: task.branch,
        step: task.step,
      });
      return;
    case "stage":
      await trainStage(state, run, task.position.name);
      return;
    case "gate":
      await waitForGate(state, run, task);
  }
}

async function trainStage(state: CurriculumState, run: string, name: string): Promise<void> {
  const result = await runChild(state, stage, `stage-${name}`, { run, stage: name });
  if (result.outcome === "finished" && result.gate !== null)
    upsertSearchAttributes([{ key: searchAttributes.gateState, value: result.gate.decision }]);
}

/** A gate that did not promote waits for a person's decision, which the log keeps. */
async function waitForGate(
  state: CurriculumState,
  run: string,
  { gate }: Extract<RunTask, { kind: "gate" }>,
): Promise<void> {
  state.openGate = gate;
  await whileWaiting(state, () => state.gateDecision !== null || isInterrupted(state));
  state.openGate = null;
  const decision = state.gateDecision;
  if (decision === null) return;
  await cpu.recordGateDecision.executeWithOptions({ summary: `gate of stage ${gate.name}: ${decision.decision}` }, [
    { run, stage: gate.stage, ...decision },
  ]);
  state.gateDecision = null;
}

/** A run whose budget is reached waits until a named person approves more, which the log keeps. */
async function waitForBudget(state: CurriculumState, run: string, reached: string): Promise<void> {
  state.overBudget = reached;
  await whileWaiting(state, () => state.budgetApproval !== null || isInterrupted(state));
  state.overBudget = null;
  const approval = state.budgetApproval;
  state.budgetApproval = null;
  if (approval === null) return;
  await durably(state, "budget", () =>
    cpu.approveBudget.executeWithOptions({ summary: `budget: ${summaryText(approval.reason)}` }, [
      { run, ...approval },
    ]),
  );
}

/** Does the work until it succeeds; a fault that retries did not cure holds the run. Null where a person wants to go back instead. */
async function durably<T>(state: CurriculumState, what: string, work: () => Promise<T>): Promise<T | null> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (isCancellation(error) || isFailureOfType(error, failureTypes.aborted)) throw error;
      await hold(state, `${what}: ${describeFault(error)}`);
      if (state.rollBack !== null) return null;
    }
  }
}
