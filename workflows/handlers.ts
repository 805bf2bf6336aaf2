import { setHandler } from "@temporalio/workflow";
import { z } from "zod";
import type { CurriculumState } from "./curriculumState.ts";
import { noteEngineWait, noteProgress, shownProgress } from "./curriculumProgress.ts";
import { handleBudgetUpdate } from "./budgetUpdate.ts";
import { showDetails } from "./details.ts";
import { childWaitsSignal } from "./engineWait.ts";
import { badInput, parseInput } from "./input.ts";
import {
  abortUpdate,
  ChangeSettingsRequest,
  changeSettingsUpdate,
  checkpointsQuery,
  decideGateUpdate,
  gateEvidenceQuery,
  GateDecisionRequest,
  NoRequest,
  pauseSignal,
  progressQuery,
  resumeSignal,
  retryUpdate,
  RollBackRequest,
  rollBackUpdate,
  stageProgressSignal,
} from "./messages.ts";
import { StageProgress } from "../src/domain/progress.ts";
import { cpu } from "./proxies.ts";
import { summaryText } from "../src/output/markdown.ts";

/** Connects what a person sends with the state of the run. */
export function handleMessages(state: CurriculumState): void {
  handleSignals(state);
  handleQueries(state);
  handleGateUpdate(state);
  handleRollBackUpdate(state);
  handleBudgetUpdate(state, "run");
  handleSettingsUpdate(state);
  handleHeldUpdates(state);
}

function handleSignals(state: CurriculumState): void {
  setHandler(pauseSignal, () => setPaused(state, true), {
    description: "Pause at the next safe point; a paused run holds no GPU.",
  });
  setHandler(resumeSignal, () => setPaused(state, false), { description: "Go on after a pause." });
  const told = (payload: unknown): void => {
    // Anyone can send a signal: what a stage did not send is ignored.
    const progress = StageProgress.safeParse(payload);
    if (progress.success) noteProgress(state, progress.data);
  };
  setHandler(stageProgressSignal, told, { description: "Sent by the stages; not for people." });
  const waits = (payload: unknown): void => {
    const reason = z.string().max(2000).nullable().safeParse(payload);
    if (reason.success) noteEngineWait(state, reason.data);
  };
  setHandler(childWaitsSignal, waits, { description: "Sent by the run's own workflows; not for people." });
}

function handleQueries(state: CurriculumState): void {
  setHandler(progressQuery, () => shownProgress(state), { description: "How far the run is." });
  setHandler(checkpointsQuery, () => state.checkpoints, {
    description: "Checkpoints that the run can be rolled back to.",
  });
  setHandler(gateEvidenceQuery, () => state.gates, {
    description:
      "The gates so far: gain on validation questions with its interval, the decision, and who overruled it.",
  });
}

function handleGateUpdate(state: CurriculumState): void {
  setHandler(
    decideGateUpdate,
    (request) => {
      state.gateDecision = request;
      return `${request.decision} by ${request.name}`;
    },
    {
      description:
        'Decide an open gate: {"decision": "approve" | "extend" | "reject", "name": "who you are", "reason": "why"}. Reject goes back to where the stage began.',
      validator: checked(GateDecisionRequest, () => {
        if (state.openGate === null || state.gateDecision !== null) throw badInput("no gate waits for a decision");
      }),
    },
  );
}

function handleRollBackUpdate(state: CurriculumState): void {
  setHandler(
    rollBackUpdate,
    (request) => {
      state.rollBack = request;
      return `goes back to step ${request.step} of branch ${request.branch} at the next safe point`;
    },
    {
      description:
        'Go back to a checkpoint (see the query checkpoints): {"branch": "…", "step": 8, "name": "who you are", "reason": "why"}. What is left behind stays readable.',
      validator: checked(RollBackRequest, ({ branch, step }) => {
        if (state.rollBack !== null) throw badInput(`step: the run is about to go back to step ${state.rollBack.step}`);
        const known = state.checkpoints.some((checkpoint) => checkpoint.branch === branch && checkpoint.step === step);
        if (!known)
          throw badInput(
            `step: no checkpoint before step ${step} on branch ${branch}; the query checkpoints lists them`,
          );
      }),
    },
  );
}

function handleSettingsUpdate(state: CurriculumState): void {
  setHandler(
    changeSettingsUpdate,
    (request) => {
      const run = state.run;
      if (run === null) throw badInput("the run has not started yet");
      return cpu.changeSettings.executeWithOptions({ summary: `change settings: ${summaryText(request.reason)}` }, [
        { run, ...request },
      ]);
    },
    {
      description:
        'Change settings from the next iteration on: {"learningRate": 0.0001, "rewards": {"answer": 1}, "name": "who you are", "reason": "why"}; give one or both.',
      validator: checked(ChangeSettingsRequest, () => {
        if (state.run === null) throw badInput("the run has not started yet");
      }),
    },
  );
}

function handleHeldUpdates(state: CurriculumState): void {
  const answer = (word: "retry" | "abort"): string => {
    state.answer = word;
    return `told to ${word}: ${state.held ?? ""}`;
  };
  const validator = checked(NoRequest, () => {
    if (state.held === null) throw badInput("the run is not held");
    if (state.answer !== null) throw badInput(`the run was just told to ${state.answer}`);
  });
  setHandler(retryUpdate, () => answer("retry"), { description: "Try again what a held run stopped at.", validator });
  setHandler(abortUpdate, () => answer("abort"), {
    description: "End a held run; everything is kept, and starting its name again resumes it.",
    validator,
  });
}

/** A validator: the shape first, by the field's name, then whether it fits the moment. */
function checked<Schema extends z.ZodType>(
  schema: Schema,
  fits: (request: z.output<Schema>) => void,
): (request?: unknown) => void {
  return (request) => fits(parseInput(schema, request));
}

function setPaused(state: CurriculumState, paused: boolean): void {
  state.paused = paused;
  showDetails(state);
}
