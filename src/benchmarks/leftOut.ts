import type { Question } from "../domain/question.ts";
import { findContamination } from "./contamination.ts";
import type { Contamination } from "./contamination.ts";

/** Pairs that one note names; the rest are counted. */
const pairsNamed = 20;

/** Held-out questions without those that training gives away, and what is to be said of these; null when there are none. */
export function withoutGivenAway(
  training: readonly Question[],
  held: readonly Question[],
  split: string,
): { readonly free: readonly Question[]; readonly note: string | null } {
  const found = findContamination(training, held);
  const given = new Set(found.map(({ evaluationId }) => evaluationId));
  return { free: held.filter(({ id }) => !given.has(id)), note: describeContamination(found, held.length, split) };
}

/** Counts and pairs of what was left out, for report and log. */
export function describeContamination(found: readonly Contamination[], of: number, split: string): string | null {
  if (found.length === 0) return null;
  const same = found.filter(({ kind }) => kind === "same").length;
  const pairs = found
    .slice(0, pairsNamed)
    .map(
      ({ evaluationId, trainingId, kind, share }) =>
        `${evaluationId} by ${trainingId} (${kind === "same" ? "the same" : `${Math.round(100 * share)} % shared`})`,
    );
  const more = found.length > pairsNamed ? ` and ${found.length - pairsNamed} more` : "";
  return `${found.length} of ${of} ${split} questions were left out, since training questions give them away (${same} the same, ${found.length - same} near copies): ${pairs.join(", ")}${more}.`;
}
