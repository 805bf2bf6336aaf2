import { randomStream } from "../../domain/seed.ts";
import type { LoggedAnswer } from "../lastAnswers.ts";
import { groupBy } from "../statistics/groupBy.ts";
import type { StudyCell } from "../studyResult.ts";

/** An answer with the run that gave it. */
export interface Candidate {
  readonly cell: StudyCell;
  readonly answer: LoggedAnswer;
}

/** How many trajectories of an arm and outcome there were, and how many were taken. */
export interface Stratum {
  readonly arm: string;
  readonly correct: boolean;
  readonly candidates: number;
  readonly taken: number;
}

export interface Sample {
  /** Shuffled: their order says nothing of the arm. */
  readonly chosen: readonly Candidate[];
  readonly strata: readonly Stratum[];
}

/**
 * Samples as many trajectories of each arm, half of them graded right, as there are; where a stratum has too few the
 * others get more. No question twice of one run.
 */
export function sampleTrajectories(
  candidates: readonly Candidate[],
  count: number,
  studyHash: string,
  seed: number,
): Sample {
  const draw = randomStream(["review", studyHash, seed]);
  const distinct = [...groupBy(draw.shuffle(candidates), keyOf).values()].flatMap(([first]) => first ?? []);
  const strata = [...groupBy(distinct, ({ cell, answer }) => `${answer.correct}/${cell.arm}`).values()];
  const taken = shares(
    strata.map(({ length }) => length),
    count,
  );
  const chosen = strata.flatMap((stratum, index) => stratum.slice(0, taken[index]));
  return {
    chosen: draw.shuffle(chosen),
    strata: strata
      .map((stratum, index) => ({
        arm: stratum[0]?.cell.arm ?? "",
        correct: stratum[0]?.answer.correct ?? false,
        candidates: stratum.length,
        taken: taken[index] ?? 0,
      }))
      .toSorted((a, b) => (a.arm < b.arm ? -1 : a.arm > b.arm ? 1 : Number(a.correct) - Number(b.correct))),
  };
}

function keyOf({ cell, answer }: Candidate): string {
  return JSON.stringify([cell.run, answer.questionId]);
}

/** One to each in turn while it has any and something is left. */
function shares(sizes: readonly number[], count: number): number[] {
  const taken = sizes.map(() => 0);
  let left = Math.min(
    count,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  while (left > 0)
    for (const [index, size] of sizes.entries()) {
      if (left === 0 || (taken[index] ?? 0) >= size) continue;
      taken[index] = (taken[index] ?? 0) + 1;
      left--;
    }
  return taken;
}
