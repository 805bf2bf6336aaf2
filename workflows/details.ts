import { setCurrentDetails } from "@temporalio/workflow";
import type { CurriculumState } from "./curriculumState.ts";

/** Shows a run in the Temporal UI as Markdown. */
export function showDetails(state: CurriculumState): void {
  setCurrentDetails(curriculumDetails(state));
}

export function curriculumDetails(state: CurriculumState): string {
  const { progress } = state;
  const lines = [`**${headline(state)}**`];
  if (state.held !== null) lines.push(`> ${oneLine(state.held)}`, "Send the update `retry` or `abort`.");
  if (state.openGate !== null) lines.push(`> ${oneLine(state.openGate.message)}`, "Send the update `decideGate`.");
  lines.push(
    [
      "| stage | iteration | reward | accuracy | done | time left |",
      "|---|---|---|---|---|---|",
      `| ${progress.stage ?? "–"} | ${progress.iteration} of ${progress.iterations} | ${shown(progress.reward)} | ${shown(progress.accuracy)} | ${progress.iterationsDone} of ${progress.iterationsTotal} | ${timeLeft(progress.secondsLeft)} |`,
    ].join("\n"),
  );
  return lines.join("\n\n");
}

function headline(state: CurriculumState): string {
  if (state.held !== null) return "held";
  if (state.paused) return "paused";
  return state.progress.message === "" ? state.progress.phase : `${state.progress.phase}: ${oneLine(state.progress.message)}`;
}

function shown(value: number | null): string {
  return value === null ? "–" : value.toFixed(3);
}

function timeLeft(seconds: number | null): string {
  if (seconds === null) return "–";
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}
