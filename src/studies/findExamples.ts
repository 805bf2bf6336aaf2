import { lastAnswers, type LoggedAnswer } from "./lastAnswers.ts";
import type { StudyExample } from "./report/studyExamples.ts";
import { worldOf } from "./studyCells.ts";
import type { StudyCell, StudyResult } from "./studyResult.ts";

/** Pairs of runs that are read, and examples taken of each, at most. */
const mostPairs = 3;
const mostOfPair = 2;

/** Questions that one arm of the first comparison answered rightly and the other wrongly; null where no pair of runs has its logs under `root`. */
export async function findExamples(root: string, { study, cells }: StudyResult): Promise<StudyExample[] | null> {
  const [comparison] = study.comparisons;
  if (comparison === undefined) return null;
  const examples: StudyExample[] = [];
  let read = 0;
  for (const cell of cells.filter(({ arm, status }) => arm === comparison.a && status === "finished")) {
    const other = cells.find(
      ({ arm, regime, world, seed, status }) =>
        arm === comparison.b &&
        status === "finished" &&
        regime === cell.regime &&
        world === cell.world &&
        seed === cell.seed,
    );
    if (other === undefined) continue;
    const [ours, theirs] = [await lastAnswers(root, cell.run), await lastAnswers(root, other.run)];
    if (ours === null || theirs === null) continue;
    examples.push(...differing(cell, ours, other, theirs));
    if (++read === mostPairs) break;
  }
  return read === 0 ? null : examples;
}

/** One where the first is right and one where the second is, so that neither looks better than it is. */
function differing(
  a: StudyCell,
  ours: readonly LoggedAnswer[],
  b: StudyCell,
  theirs: readonly LoggedAnswer[],
): StudyExample[] {
  const found = ours.flatMap((one) => {
    const other = theirs.find(({ questionId, correct }) => questionId === one.questionId && correct !== one.correct);
    if (other === undefined) return [];
    const [right, wrong] = one.correct
      ? [
          { arm: a.arm, text: one.text },
          { arm: b.arm, text: other.text },
        ]
      : [
          { arm: b.arm, text: other.text },
          { arm: a.arm, text: one.text },
        ];
    return [
      { regime: a.regime, world: worldOf(a), question: one.question, rightAnswer: one.rightAnswer, right, wrong },
    ];
  });
  return [a.arm, b.arm].flatMap((arm) => found.filter(({ right }) => right.arm === arm).slice(-1)).slice(0, mostOfPair);
}
