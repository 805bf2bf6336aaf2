import { setHandler } from "@temporalio/workflow";
import { badInput } from "./input.ts";
import { showDetails } from "./details.ts";
import type { CurriculumState } from "./curriculumState.ts";
import { noteProgress, shownProgress } from "./curriculumProgress.ts";
import { abortUpdate, decideGateUpdate, GateDecisionRequest, pauseSignal, resumeSignal, retryUpdate } from "./messages.ts";
import { parseInput } from "./input.ts";
import { progressQuery, stageProgressSignal } from "./progress.ts";

/** Connects what a person sends with the state of the run. */
export function handleMessages(state: CurriculumState): void {
  setHandler(pauseSignal, () => setPaused(state, true), { description: "Pause at the next safe point; a paused run holds no GPU." });
  setHandler(resumeSignal, () => setPaused(state, false), { description: "Go on after a pause." });
  setHandler(stageProgressSignal, (progress) => noteProgress(state, progress), { description: "Sent by the stages; not for people." });
  setHandler(progressQuery, () => shownProgress(state), { description: "How far the run is." });
  setHandler(retryUpdate, () => answer(state, "retry"), {
    description: "Try again what a held run stopped at.",
    validator: () => requireHeld(state),
  });
  setHandler(abortUpdate, () => answer(state, "abort"), {
    description: "End a held run; everything is kept, and starting its name again resumes it.",
    validator: () => requireHeld(state),
  });
  setHandler(decideGateUpdate, (request) => decide(state, request), {
    description: 'Decide an open gate: {"decision": "approve" | "extend" | "reject", "name": who you are, "reason": why}.',
    validator: (request) => {
      parseInput(GateDecisionRequest, request);
      if (state.openGate === null) throw badInput("no gate waits for a decision");
    },
  });
}

function setPaused(state: CurriculumState, paused: boolean): void {
  state.paused = paused;
  showDetails(state);
}

function requireHeld(state: CurriculumState): void {
  if (state.held === null) throw badInput("the run is not held");
  if (state.answer !== null) throw badInput(`the run was just told to ${state.answer}`);
}

function answer(state: CurriculumState, word: "retry" | "abort"): string {
  state.answer = word;
  return `told to ${word}: ${state.held ?? ""}`;
}

function decide(state: CurriculumState, request: GateDecisionRequest): string {
  state.gateDecision = request;
  return `${request.decision} by ${request.name}`;
}
