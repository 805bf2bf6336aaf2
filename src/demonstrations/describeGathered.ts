import type { SourceCounts } from "./demonstrationSource.ts";
import type { UnfitKind } from "./unfit.ts";

interface Gathered {
  readonly wanted: number;
  readonly kept: number;
  readonly counts: readonly SourceCounts[];
}

const words: Readonly<Record<UnfitKind, string>> = {
  row: "no question and response",
  protocol: "break the protocol",
  document: "show what the tool or the corpus does not say",
  wrong: "answer wrongly",
  "too-long": "are too long",
  spelling: "cannot be spelled",
  repeated: "are repeated",
  contaminated: "give held-out questions away",
};

/** What came of each source, and the first that was left out, in whole sentences. */
export function describeGathered({ wanted, kept, counts }: Gathered): string[] {
  return [
    `${kept} of ${wanted} demonstrations were found.`,
    ...counts.map(({ name, kept: own, rejected, firstRejected: first }) => {
      const left = Object.entries(rejected) as [UnfitKind, number][];
      const all = left.reduce((sum, [, count]) => sum + count, 0);
      return first === undefined
        ? `${name}: ${own} kept, none left out.`
        : `${name}: ${own} kept, ${all} left out (${left.map(([kind, count]) => `${count} ${words[kind]}`).join(", ")}); the first: ${first.place}: ${first.reason}.`;
    }),
  ];
}
