import { defineQuery, setHandler } from "@temporalio/workflow";
import type { StudyProgress } from "../src/studies/studyProgress.ts";
import { handleBudgetUpdate } from "./budgetUpdate.ts";
import { pauseSignal, resumeSignal } from "./messages.ts";
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
  handleBudgetUpdate(state, "study");
}
