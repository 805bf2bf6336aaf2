import { align } from "./alignment.ts";
import type { Alignment } from "./alignment.ts";
import type { RewardDefinition } from "./definition.ts";
import type { ScoringSubject } from "./subject.ts";

/** Best alignments by subject: four rewards ask for the same one. */
const remembered = new WeakMap<ScoringSubject, { readonly best: Alignment | null }>();

/** The alignment with the reference that the thinking agrees with best; null without references. */
export function bestAlignment(subject: ScoringSubject): Alignment | null {
  const known = remembered.get(subject);
  if (known !== undefined) return known.best;
  const alignments = subject.references.map((reference) => align(subject.graph, reference));
  const best = alignments.reduce<Alignment | null>((chosen, one) => (chosen === null || (one.mean ?? -1) > (chosen.mean ?? -1) ? one : chosen), null);
  remembered.set(subject, { best });
  return best;
}

/** Maximum over the question's references of the mean of logical, statistical and semantic agreement (METHOD §3). */
export const reasoning: RewardDefinition = {
  name: "reasoning",
  range: [0, 1],
  needs: ["reference"],
  nullMeans: "the question has no reference that could be compared",
  score: (subject) => bestAlignment(subject)?.mean ?? null,
};
