import { upsertSearchAttributes } from "@temporalio/workflow";
import type { RunOverview, RunTask } from "../activities/runs.ts";
import { searchAttributes } from "../temporal.config.ts";
import type { CurriculumState } from "./curriculumState.ts";
import { possibleActs, showDetails } from "./details.ts";
import type { RunProgress, StageProgress, StepReward } from "../src/domain/progress.ts";
import { leaveOut } from "./waiting.ts";

/** Iterations in the sparkline. */
const shownRewards = 40;
/** Newest checkpoints that the query and the details list, beside the base and stage ends; older ones are in the log. */
const shownCheckpoints = 20;

/** How far the run is, with a hold, a pause or a wait in front, and what a person can do. */
export function shownProgress(state: CurriculumState): RunProgress {
  const progress = {
    ...state.progress,
    waitsForPerson: state.held !== null || state.resting || state.openGate !== null || state.overBudget !== null,
    acts: possibleActs(state),
  };
  if (state.held !== null) return { ...progress, phase: "held", message: state.held };
  if (state.resting) return { ...progress, phase: "paused", message: "paused: send the signal resume" };
  if (state.overBudget !== null) return { ...progress, phase: "held", message: state.overBudget };
  return state.engineWait === null
    ? progress
    : { ...progress, message: `waits for an engine: ${state.engineWait.reason}` };
}

/** Notes what the run does next. */
export function beginTask(state: CurriculumState, overview: RunOverview): void {
  const { task, iterationsDone, iterationsTotal } = overview;
  state.checkpoints = overview.checkpoints;
  state.gates = overview.gates;
  // Rewards after the step of a roll-back do not belong to the branch any more.
  state.recentRewards = state.recentRewards.filter(({ step }) => step <= iterationsDone);
  const spent = overview.spent ?? null;
  state.timeLeft = overview.timeLeft ?? null;
  const { perIteration = null, beside = null } = state.timeLeft ?? {};
  const ofStage = task.kind === "stage" ? task.position.iterations - task.position.iteration : 0;
  const secondsLeft = inAll(perIteration, ofStage, beside) ?? state.progress.secondsLeft;
  state.progress = { ...state.progress, iterationsDone, iterationsTotal, spent, secondsLeft, ...describeTask(task) };
  showDetails(state);
}

/** Notes a stage's report. */
export function noteProgress(state: CurriculumState, told: StageProgress): void {
  const before = state.progress;
  const iterationsDone = told.step;
  if (told.snapshot !== null) state.checkpoints = withCheckpoint(state.checkpoints, told.snapshot);
  state.recentRewards = told.rewards.reduce(withReward, state.recentRewards);
  const { phase, name, iteration, iterations, reward, accuracy } = told;
  state.progress = {
    ...before,
    phase,
    stage: name,
    iteration,
    iterations,
    reward,
    accuracy,
    iterationsDone,
    spent: told.spent ?? before.spent,
    secondsLeft: secondsLeft(state, told),
    message: told.workers.length === 0 ? "" : `shards sampled by ${told.workers.join(", ")}`,
  };
  upsertSearchAttributes([
    { key: searchAttributes.stage, value: told.name },
    { key: searchAttributes.iteration, value: told.iteration },
    { key: searchAttributes.reward, value: told.reward },
    { key: searchAttributes.accuracy, value: told.accuracy },
  ]);
  showDetails(state);
}

/** Notes why an engine is waited for; null when it is there. */
export function noteEngineWait(state: CurriculumState, reason: string | null): void {
  if (state.engineWait !== null) leaveOut(state, Date.now() - state.engineWait.since);
  state.engineWait = reason === null ? null : { reason, since: Date.now() };
  showDetails(state);
}

/** An iteration that is done anew, on another branch, takes the place of those from there on. */
function withReward(rewards: readonly StepReward[], added: StepReward): readonly StepReward[] {
  return [...rewards.filter(({ step }) => step < added.step), added].slice(-shownRewards);
}

function withCheckpoint(
  checkpoints: CurriculumState["checkpoints"],
  { branch, step }: { readonly branch: string; readonly step: number },
): CurriculumState["checkpoints"] {
  if (checkpoints.some((known) => known.branch === branch && known.step === step)) return checkpoints;
  return [...checkpoints, { branch, step, label: null }].filter(
    ({ label }, index, all) => label !== null || index >= all.length - shownCheckpoints,
  );
}

/** Notes that the run is done, and where its report is. */
export function finishRun(state: CurriculumState, report: string): void {
  state.progress = { ...state.progress, phase: "done", secondsLeft: 0, message: report };
  showDetails(state);
}

function describeTask(task: RunTask): Pick<RunProgress, "phase" | "stage" | "iteration" | "iterations" | "message"> {
  const none = { stage: null, iteration: 0, iterations: 0 };
  switch (task.kind) {
    case "index":
      return { ...none, phase: "indexing", message: "indexing the corpus" };
    case "base":
      return { ...none, phase: "base", message: "the base policy is looked for, or made" };
    case "evaluate":
      return { ...none, phase: "evaluating", message: `evaluating ${task.label}` };
    case "stage":
      return {
        phase: "training",
        stage: task.position.name,
        iteration: task.position.iteration,
        iterations: task.position.iterations,
        message: "",
      };
    case "gate":
      return {
        ...none,
        phase: "gate",
        stage: task.gate.name,
        message: `the gate of stage ${task.gate.name} waits for a person: ${task.gate.message}`,
      };
    case "report":
      return { ...none, phase: "report", message: "writing the report" };
  }
}

/** From the pace since the first iteration of the stage that this workflow saw, and what the log says of the rest. */
function secondsLeft(state: CurriculumState, { name, step, iteration, iterations }: StageProgress): number | null {
  const pace = state.pace?.stage === name ? state.pace : { since: Date.now(), stage: name, iterationsDone: step };
  state.pace = pace;
  const { perIteration = null, beside = null } = state.timeLeft ?? {};
  const done = step - pace.iterationsDone;
  const seconds = done <= 0 ? perIteration : (Date.now() - pace.since) / 1000 / done;
  return inAll(seconds, iterations - iteration, state.timeLeft === null ? 0 : beside);
}

/** Seconds of a stage's iterations and of all beside them; null where one of the parts is not known. */
function inAll(perIteration: number | null, iterations: number, beside: number | null): number | null {
  const ofStage = iterations === 0 ? 0 : perIteration;
  return ofStage === null || beside === null ? null : Math.round(ofStage * iterations + beside);
}
