import { messageOf } from "../domain/messageOf.ts";
import type { ScoringSubject } from "./subject.ts";

/** A custom reward that threw or returned no value; the message names it, the question and what to do. */
export class RewardError extends Error {
  override readonly name = "RewardError";
}

/** A reward of an extension as it is at work, whatever its types promise. */
export interface UncheckedReward {
  readonly range: readonly [lowest: number, highest: number];
  readonly score: (subject: ScoringSubject) => unknown;
}

/**
 * What a custom reward says of a trajectory: a finite number, not yet bounded by its range, or null. Code that no type checker saw may do
 * anything else, which is never taken for a value: throws RewardError.
 */
export function checkedValue(
  name: string,
  { range: [lowest, highest], score }: UncheckedReward,
  subject: ScoringSubject,
): number | null {
  const { id } = subject.question;
  const value = returned(name, score, subject);
  if (value === null || (typeof value === "number" && Number.isFinite(value))) return value;
  // Nobody waits for a promise that is refused: its own failure must not end the process.
  if (value instanceof Promise) value.catch(() => undefined);
  throw new RewardError(
    `reward "${name}" returned ${inWords(value)} for question ${id}; return a number in [${lowest}, ${highest}] or null${hint(value)}`,
  );
}

function returned(name: string, score: UncheckedReward["score"], subject: ScoringSubject): unknown {
  try {
    return score(subject);
  } catch (error) {
    throw new RewardError(`reward "${name}" threw on question ${subject.question.id}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function inWords(value: unknown): string {
  if (value instanceof Promise) return "a Promise";
  if (typeof value === "string") return `the text ${JSON.stringify(value.slice(0, 40))}`;
  return value === undefined || typeof value === "number" ? String(value) : `a value of type ${typeof value}`;
}

function hint(value: unknown): string {
  if (value === undefined) return " (is a return missing?)";
  return value instanceof Promise ? " (is it async?)" : "";
}
