import type { Score } from "../domain/reward.ts";

/** Responses that passed the format gate, and those of them with a component that a judge, extractor or measurement failed on. */
export interface Unscored {
  readonly passed: number;
  readonly unscored: number;
  /** Responses by the component that failed. */
  readonly components: ReadonlyMap<string, number>;
}

/** Counts the responses on which a judge, extractor or measurement failed. */
export function countUnscored(scores: readonly Score[]): Unscored {
  const passed = scores.filter(({ values }) => values["format"] === 1);
  const components = new Map<string, number>();
  for (const name of passed.flatMap(({ failed }) => failed ?? []))
    components.set(name, (components.get(name) ?? 0) + 1);
  return { passed: passed.length, unscored: passed.filter(isUnscored).length, components };
}

/** `unscored`: responses, and `failed/<component>` those by component; nothing where all were scored. */
export function unscoredMetrics(scores: readonly Score[]): Record<string, number> {
  const { unscored, components } = countUnscored(scores);
  return unscored === 0
    ? {}
    : { unscored, ...Object.fromEntries([...components].map(([name, count]) => [`failed/${name}`, count])) };
}

/** Whether a total lacks a component that failed: it is then not to be compared with others. */
export function isUnscored({ failed }: Score): boolean {
  return failed !== undefined && failed.length > 0;
}

/** So few show no pattern, whatever their share: they are counted and left out. */
const few = 2;

/** In words why so many responses without a score are too many; null where they are not. `cause` is what a service last gave that could not be used. */
export function tooManyUnscored(scores: readonly Score[], maximumShare: number, cause: string | null): string | null {
  const { passed, unscored, components } = countUnscored(scores);
  const nothingLeft = unscored > 0 && unscored === scores.length;
  if (unscored <= maximumShare * passed || (unscored <= few && !nothingLeft)) return null;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const named = [...components].map(([name, count]) => `${name} ${count}`).join(", ");
  return [
    `${unscored} of ${passed} responses (${percent(unscored / passed)}) could not be scored (${named}); guard.maximumUnscoredShare allows ${percent(maximumShare)}.`,
    ...(cause === null ? [] : [`The last reason: ${cause}.`]),
    "Mend the judge, extractor or measurement, then retry: what could not be used is asked for again.",
  ].join(" ");
}

/** Questions with a response that could not be scored: their groups are left out of the update, since a comparison within them would be false. */
export function questionsLeftOut(
  trajectories: readonly { readonly questionId: string }[],
  scores: readonly Score[],
): ReadonlySet<string> {
  return new Set(
    trajectories.flatMap(({ questionId }, index) => {
      const score = scores[index];
      return score !== undefined && isUnscored(score) ? [questionId] : [];
    }),
  );
}
