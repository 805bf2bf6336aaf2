import { memoizeByObject } from "../caching/memoize.ts";
import { align } from "./referenceAlignment.ts";
import type { Alignment } from "./referenceAlignment.ts";
import type { RewardDefinition } from "./rewardDefinition.ts";
import type { ReferenceComparison, ScoringSubject } from "./subject.ts";

interface Aligned {
  readonly reference: ReferenceComparison;
  readonly alignment: Alignment;
}

/** The alignment with the reference that the thinking agrees with best; null without references. */
export function bestAlignment(subject: ScoringSubject): Alignment | null {
  return best(subject)?.alignment ?? null;
}

/** The reference that the thinking agrees with best, the first among equals; null without references. */
export function bestReference(subject: ScoringSubject): ReferenceComparison | null {
  return best(subject)?.reference ?? null;
}

/** Cached: four rewards ask for the same alignment. */
const best = memoizeByObject((subject: ScoringSubject): Aligned | null => {
  const aligned = subject.references.map((reference) => ({
    reference,
    alignment: align(subject.graph, reference, subject.settings.reasoning),
  }));
  return aligned.reduce<Aligned | null>(
    (before, one) => (before === null || (one.alignment.mean ?? -1) > (before.alignment.mean ?? -1) ? one : before),
    null,
  );
});

/** Maximum over the question's references of the weighted mean of logical, statistical and semantic agreement, by default of equal weights (docs/method.md#rewards). */
export const reasoning: RewardDefinition = {
  name: "reasoning",
  range: [0, 1],
  needs: ["reference"],
  nullMeans: "the question has no reference that could be compared",
  score: (subject) => bestAlignment(subject)?.mean ?? null,
};
