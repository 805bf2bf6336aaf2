import { defineQuery, setHandler } from "@temporalio/workflow";
import type { StudyProgress } from "../src/studies/studyProgress.ts";
import { badInput, parseInput } from "./input.ts";
import { ApproveBudgetRequest, approveBudgetUpdate, pauseSignal, resumeSignal } from "./messages.ts";
import { runWaitsSignal, RunWaits } from "./runWaits.ts";
import { showStudy, studyProgress } from "./studyProgress.ts";
import type { StudyState } from "./studyState.ts";

export const studyProgressQuery = defineQuery<StudyProgress>("progress");

/** Connects what persons and runs send with the state of the study. */
export function handleStudyMessages(state: StudyState): void {
  const pause = (why: string | null): void => {
    state.paused = why;
    showStudy(state);
  };
  setHandler(pauseSignal, () => pause("paused: no further run is started"), {
    description: "Start no further runs; those at work go on.",
  });
  setHandler(resumeSignal, () => pause(null), { description: "Start runs again after a pause." });
  setHandler(studyProgressQuery, () => studyProgress(state), { description: "How far the study is." });
  const told = (payload: unknown): void => {
    // Anyone can send a signal: what no run sent is ignored.
    const waits = RunWaits.safeParse(payload);
    const cell = waits.success ? state.atWork.get(waits.data.run) : undefined;
    if (!waits.success || cell === undefined) return;
    state.atWork.set(cell.run, { ...cell, waits: waits.data.why, waited: true });
    showStudy(state);
  };
  setHandler(runWaitsSignal, told, { description: "Sent by the study's runs; not for people." });
  setHandler(
    approveBudgetUpdate,
    (request) => {
      state.budgetApproval = request;
      return `approved by ${request.name}`;
    },
    {
      description:
        'Approve new limits for a study whose budget is reached: {"tokens": 2000000, "money": 50, "hours": 12, "name": "who you are", "reason": "why"}; give at least one. They take the place of those before.',
      validator: (request) => {
        parseInput(ApproveBudgetRequest, request);
        if (state.overBudget === null) throw badInput("the study does not wait for a budget");
        if (state.budgetApproval !== null) throw badInput(`${state.budgetApproval.name} has just approved new limits`);
      },
    },
  );
}
