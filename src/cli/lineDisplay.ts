import { rewriteLine, writeText } from "../output/terminal.ts";
import type { DisplayStream } from "./display.ts";

/** One line of progress below messages that stay. */
export interface LineDisplay {
  readonly say: (line: string) => void;
  /** On a pipe a line is written when its milestone is another one, or after a while. */
  readonly show: (line: string, milestone: string) => void;
  readonly close: () => void;
}

/** Milliseconds after which a pipe is told again what goes on. */
const longestSilence = 10_000;

export function openLineDisplay(stream: DisplayStream): LineDisplay {
  let [current, last, written] = ["", "", -Infinity];
  const isTerminal = stream.isTTY === true;
  return {
    say: (line) => {
      if (isTerminal) rewriteLine(stream, "");
      writeText(stream, `${line}\n`);
      if (isTerminal) rewriteLine(stream, current);
    },
    show: (line, milestone) => {
      current = line;
      if (isTerminal) return rewriteLine(stream, current);
      const now = performance.now();
      if (milestone === last && now - written < longestSilence) return;
      [last, written] = [milestone, now];
      writeText(stream, `${line}\n`);
    },
    close: () => {
      if (isTerminal) rewriteLine(stream, "");
    },
  };
}
