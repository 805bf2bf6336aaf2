import { setCurrentDetails } from "@temporalio/workflow";
import type { CurriculumState } from "./curriculumState.ts";
import type { Gate } from "../src/domain/gate.ts";
import { markdownText } from "../src/output/markdown.ts";
import { formatDuration } from "../src/output/duration.ts";

/** Shows a run in the Temporal UI as Markdown. */
export function showDetails(state: CurriculumState): void {
  setCurrentDetails(curriculumDetails(state));
}

/** Markdown: what goes on, what a person can do now, how far the run is, the gates with their evidence. */
export function curriculumDetails(state: CurriculumState): string {
  return [
    headline(state),
    whatToDo(state),
    progressTable(state),
    spentLine(state),
    rewards(state),
    gateTable(state.gates),
  ]
    .filter((part) => part !== null)
    .join("\n\n");
}

function headline(state: CurriculumState): string {
  if (state.held !== null) return `**held**\n\n> ${markdownText(state.held)}`;
  if (state.resting) return "**paused**";
  if (state.openGate !== null) return `**gate waits for a person**\n\n> ${markdownText(state.openGate.message)}`;
  if (state.overBudget !== null) return `**waits for a person to approve more**\n\n> ${markdownText(state.overBudget)}`;
  if (state.engineWait !== null) return `**waits for an engine**\n\n> ${markdownText(state.engineWait.reason)}`;
  const { phase, message } = state.progress;
  const soon = state.paused ? " (pauses at the next safe point)" : "";
  return `**${message === "" ? phase : `${phase}: ${markdownText(message)}`}**${soon}`;
}

function progressTable({ progress }: CurriculumState): string {
  const cells = [
    progress.stage ?? "–",
    `${progress.iteration} of ${progress.iterations}`,
    `${progress.iterationsDone} of ${progress.iterationsTotal}`,
    shown(progress.reward),
    shown(progress.accuracy),
    progress.secondsLeft === null ? "–" : formatDuration(progress.secondsLeft),
  ];
  return [
    "| stage | iteration | of the run | reward | accuracy | time left |",
    "|---|---|---|---|---|---|",
    `| ${cells.join(" | ")} |`,
  ].join("\n");
}

/** What the run took so far, as of the last report. */
function spentLine({ progress: { spent } }: CurriculumState): string | null {
  if (spent === null) return null;
  const money = spent.money === null ? "" : `, money ${Number(spent.money.toPrecision(6))}`;
  const served = spent.serviceRequests === 0 ? "" : `, ${amount(spent.serviceTokens)} of services`;
  return `So far: ${amount(spent.sampledTokens)} tokens sampled, ${amount(spent.prefilledTokens)} prefilled, ${amount(spent.trainedTokens)} trained${served}; ${amount(spent.requests + spent.serviceRequests)} requests, ${formatDuration(spent.seconds)} of work${money}.`;
}

function amount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/gu, ",");
}

const bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** One bar per value, scaled from the lowest value to the highest. */
export function sparkline(values: readonly number[]): string {
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  return values.map((value) => bars[span === 0 ? 0 : Math.round(((value - low) / span) * (bars.length - 1))]).join("");
}

function rewards({ recentRewards }: CurriculumState): string | null {
  const values = recentRewards.map(({ reward }) => reward);
  if (values.length < 2) return null;
  return `Reward of the last ${values.length} iterations: ${sparkline(values)} (${shown(Math.min(...values))} to ${shown(Math.max(...values))})`;
}

function gateTable(gates: readonly Gate[]): string | null {
  if (gates.length === 0) return null;
  const row = (gate: Gate): string =>
    `| ${gate.name} | ${gate.decision} | ${points(gate.gain)} (${points(gate.low)} to ${points(gate.high)}) | ${gate.person === null ? "–" : markdownText(`${gate.person.name}: ${gate.person.reason}`)} |`;
  return ["| gate | decision | gain in points, interval | person |", "|---|---|---|---|", ...gates.map(row)].join("\n");
}

/** Where a person finds these messages in the Temporal UI. */
const where = "*More Actions* at the top right: *Send an Update*, *Send a Signal*";

function whatToDo(state: CurriculumState): string {
  const acts = possibleActs(state).map((act) => act.replace(/(\S+)$/u, "`$1`"));
  if (acts.length > 0) return `You can: ${acts.join(", ")} (${where}).`;
  return `You can: read the report; start \`curriculum\` again with \`{"run": "${state.run ?? ""}"}\` and \`"rollBack"\` or \`"extend"\` to go on from here (docs/operations.md).`;
}

/** The messages that a person can send now, those that answer a wait first; none when the run is done. */
export function possibleActs(state: CurriculumState): string[] {
  if (state.progress.phase === "done") return [];
  const acts = state.held === null ? [] : ["update retry", "update abort"];
  if (state.openGate !== null && !state.resting) acts.push("update decideGate");
  if (state.overBudget !== null && !state.resting) acts.push("update approveBudget");
  acts.push(state.paused ? "signal resume" : "signal pause");
  if (state.run !== null) acts.push("update changeSettings");
  if (state.checkpoints.length > 0) acts.push("update rollBack");
  return acts;
}

function shown(value: number | null): string {
  return value === null ? "–" : value.toFixed(3);
}

function points(share: number): string {
  return (100 * share).toFixed(1);
}
