import { setCurrentDetails } from "@temporalio/workflow";
import { markdownText } from "../src/output/markdown.ts";
import type { StudyProgress } from "../src/studies/studyProgress.ts";
import { lanesInUse, type StudyState } from "./studyState.ts";
import { formatDuration } from "../src/output/duration.ts";

/** Shows a study in the Temporal UI as Markdown. */
export function showStudy(state: StudyState): void {
  setCurrentDetails(studyDetails(state));
}

/** How far a study is, as the query `progress` tells it. */
export function studyProgress(state: StudyState): StudyProgress {
  const { standing } = state;
  return {
    phase: phaseOf(state),
    total: standing?.total ?? 0,
    finished: standing?.finished ?? 0,
    failed: failedOf(state).length,
    held: waiting(state).length,
    atWork: [...state.atWork.values()].map(({ run, label, waits }) => ({ run, label, waits })),
    secondsLeft: secondsLeft(state),
    spent: standing?.spent ?? null,
    message: state.overBudget ?? state.paused ?? reviewLine(state) ?? "",
    waitsForPerson: needsPerson(state),
    acts: possibleActs(state),
  };
}

/** Whether nothing goes on until a person acts: runs that are at work end by themselves. */
function needsPerson(state: StudyState): boolean {
  if (state.phase === "review") return true;
  return (state.overBudget !== null || state.paused !== null) && lanesInUse(state) === 0;
}

function phaseOf(state: StudyState): StudyProgress["phase"] {
  if (state.phase === "running" && state.overBudget !== null) return "over budget";
  return state.phase === "running" && state.paused !== null ? "paused" : state.phase;
}

function failedOf({ open }: StudyState): StudyState["open"] {
  return open.filter(({ status }) => status === "failed");
}

function waiting({ atWork }: StudyState) {
  return [...atWork.values()].filter(({ waits }) => waits !== null);
}

/** By the pace of the runs that this study saw, or else the work of those that are kept; over all lanes. */
function secondsLeft(state: StudyState): number | null {
  const { pace, standing, parallel } = state;
  if (standing === null) return null;
  const each = pace.runs > 0 ? pace.seconds / pace.runs : standing.meanSeconds;
  const left = Math.max(0, standing.total - standing.finished - failedOf(state).length);
  return each === null ? null : Math.round((each * left) / parallel);
}

/** What a person can send now, what answers a wait first; nothing when the study is done. */
function possibleActs(state: StudyState): string[] {
  if (state.phase === "done") return [];
  if (state.phase === "review") return ["update submitReview"];
  return [
    ...(state.overBudget === null ? [] : ["update approveBudget"]),
    state.paused === null ? "signal pause" : "signal resume",
  ];
}

/** How far the study is, what is at work, what waits for a person, what failed. */
export function studyDetails(state: StudyState): string {
  const { phase, total, finished, failed, held, spent } = studyProgress(state);
  const left = secondsLeft(state);
  const acts = possibleActs(state).map((act) => act.replace(/(\S+)$/u, "`$1`"));
  const parts = [
    `**${phase}**${headline(state)}`,
    acts.length === 0 ? null : `You can: ${acts.join(", ")} (*More Actions* at the top right).`,
    [
      "| runs | finished | at work | wait for a person | failed | time left |",
      "|---|---|---|---|---|---|",
      `| ${total} | ${finished} | ${lanesInUse(state)} | ${held} | ${failed} | ${left === null ? "–" : formatDuration(left)} |`,
    ].join("\n"),
    spent === null
      ? null
      : `Finished runs took ${formatDuration(spent.seconds)} of work${spent.money === null ? "" : `, money ${Number(spent.money.toPrecision(6))}`}.`,
    list("At work", [...state.atWork.values()].filter(({ waits }) => waits === null).map(atWorkLine)),
    list("Wait for a person; the study goes on without them", waiting(state).map(waitLine)),
    list(
      "Failed; started again when the study is",
      failedOf(state).map(({ run, cause }) => `\`curriculum-${run}\`: ${markdownText(cause)}`),
    ),
  ];
  return parts.filter((part) => part !== null).join("\n\n");
}

/** What the study waits for at its end. */
function reviewLine({ phase, review }: StudyState): string | null {
  if (phase !== "review" || review === null) return null;
  const { form, raters, wanted } = review;
  return `${raters.length} of ${wanted} experts have sent their forms (${form})`;
}

function headline(state: StudyState): string {
  const why = state.overBudget ?? state.paused ?? reviewLine(state);
  return why === null ? "" : `\n\n> ${markdownText(why)}`;
}

type Cell = StudyProgress["atWork"][number];

function atWorkLine({ run, label }: Cell): string {
  return `${markdownText(label)}: \`curriculum-${run}\``;
}

function waitLine(cell: Cell): string {
  return `${atWorkLine(cell)}: ${markdownText(cell.waits ?? "")}`;
}

/** As many as a person reads. */
const longestList = 30;

function list(title: string, lines: readonly string[]): string | null {
  if (lines.length === 0) return null;
  const more = lines.length > longestList ? [`- and ${lines.length - longestList} more`] : [];
  return [`**${title}**\n`, ...lines.slice(0, longestList).map((line) => `- ${line}`), ...more].join("\n");
}
