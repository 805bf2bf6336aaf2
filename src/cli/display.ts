import type { RunProgress } from "../domain/progress.ts";
import { rewriteLine, writeText } from "../output/terminal.ts";
import { visibleLine } from "../output/visible.ts";
import { formatDuration } from "../output/duration.ts";

/** Where progress goes: one line that is rewritten on a terminal, plain lines that are worth keeping elsewhere. */
export interface Display {
  /** A message that stays. */
  readonly say: (line: string) => void;
  /** The newest state of the run, and what the work under way says it does. */
  readonly show: (progress: RunProgress, doing?: string) => void;
  readonly close: () => void;
}

/** The part of a terminal or pipe that a display writes to. */
export interface DisplayStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Chooses the display that suits the stream. */
export function openDisplay(stream: DisplayStream): Display {
  return stream.isTTY === true ? terminalDisplay(stream) : plainDisplay(stream);
}

function terminalDisplay(stream: DisplayStream): Display {
  let current = "";
  const draw = (): void => rewriteLine(stream, current);
  return {
    say: (line) => {
      rewriteLine(stream, "");
      writeText(stream, `${line}\n`);
      draw();
    },
    show: (progress, doing) => {
      const bar = (stream.columns ?? 80) < roomForBar ? "" : `${progressBar(progress)} `;
      current = `${bar}${describeProgress(progress, doing)}`;
      draw();
    },
    close: () => rewriteLine(stream, ""),
  };
}

/** Milliseconds after which a plain display says again what goes on, so that who waits knows that it does. */
const longestSilence = 10_000;

function plainDisplay(stream: DisplayStream): Display {
  let last = "";
  let since = performance.now();
  let written = -Infinity;
  const write = (line: string): void => {
    writeText(stream, `${line}\n`);
    written = performance.now();
  };
  return {
    say: write,
    show: (progress, doing) => {
      const milestone = `${progress.phase} ${progress.stage} ${Math.floor(progress.iteration / 5)} ${progress.message}`;
      const now = performance.now();
      if (milestone !== last) {
        [last, since] = [milestone, now];
        write(describeProgress(progress, doing));
      } else if (now - written >= longestSilence) {
        write(`${describeProgress(progress, doing)} · for ${formatDuration((now - since) / 1000)}`);
      }
    },
    close: () => undefined,
  };
}

/** Columns from which a bar leaves enough for the words. */
const roomForBar = 110;

function progressBar(progress: RunProgress): string {
  const width = 20;
  const filled =
    progress.iterationsTotal === 0 ? 0 : Math.round((width * progress.iterationsDone) / progress.iterationsTotal);
  return `[${"█".repeat(filled)}${"░".repeat(width - filled)}]`;
}

/** One line: where the run is, its last accuracy, the time left (these within 80 columns), its last reward, what is being done. */
export function describeProgress(progress: RunProgress, doing?: string): string {
  const { stage, iteration, iterations } = progress;
  const parts = [
    stage === null ? progress.phase : `stage ${shortened(stage)} ${progress.phase} ${iteration}/${iterations}`,
  ];
  if (progress.accuracy !== null) parts.push(`accuracy ${(100 * progress.accuracy).toFixed(1)} %`);
  if (progress.secondsLeft !== null)
    parts.push(`${formatDuration(progress.secondsLeft)} ${rests(progress) ? "of work left" : "left"}`);
  if (progress.reward !== null) parts.push(`reward ${progress.reward.toFixed(3)}`);
  if (progress.message !== "") parts.push(progress.message);
  if (doing !== undefined) parts.push(doing);
  return visibleLine(parts.join(" · "));
}

/** Whether time passes without the run going on: what is left then is no time of the clock. */
function rests({ phase, waitsForPerson }: RunProgress): boolean {
  return waitsForPerson || phase === "paused" || phase === "held";
}

function shortened(name: string): string {
  return name.length <= 16 ? name : `${name.slice(0, 15)}…`;
}
