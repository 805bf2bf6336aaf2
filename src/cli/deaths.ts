/** How the workers ended, and how far the work was. */
export interface Death {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last line of their log. */
  readonly lastWords: string;
  /** The progress that `noteProgress` last got. */
  readonly reached: string;
}

/** Deaths of the same kind, at the same point of the work, after which starting again is of no use. */
const hopelessAfter = 3;
/** The same of kills from outside, which say less about the work: a person's, or the system's when memory is short. */
const killsBeforeHopeless = 5;

/** Counts deaths that follow each other in the same way, without any progress between them. */
export function countDeaths(): { add(death: Death): boolean; count(): number } {
  let kind = "";
  let count = 0;
  return {
    /** True when it is of no use to start again. */
    add: (death) => {
      const killed = death.signal === "SIGKILL" || death.signal === "SIGTERM";
      // Times, process numbers and addresses differ between deaths of one kind.
      const words = killed ? "" : death.lastWords.replaceAll(/[\da-f]*\d[\da-f]*/gu, "0");
      const now = JSON.stringify([death.code, death.signal, words, death.reached]);
      count = now === kind ? count + 1 : 1;
      kind = now;
      return count >= (killed ? killsBeforeHopeless : hopelessAfter);
    },
    count: () => count,
  };
}
