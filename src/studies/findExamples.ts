import { lastAnswers, type LoggedAnswer } from "./lastAnswers.ts";
import type { StudyExample } from "./report/studyExamples.ts";
import { groupBy } from "./statistics/groupBy.ts";
import { worldOf } from "./studyCells.ts";
import type { StudyCell, StudyResult } from "./studyResult.ts";

/** Pairs of runs that are read at most. */
const mostPairs = 3;

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

/** For each arm the question that it answered rightly oftener than the other by most, so that neither looks better than it is. */
export function differing(
  a: StudyCell,
  ours: readonly LoggedAnswer[],
  b: StudyCell,
  theirs: readonly LoggedAnswer[],
): StudyExample[] {
  return [
    mostDiffering({ arm: a.arm, answers: ours }, { arm: b.arm, answers: theirs }),
    mostDiffering({ arm: b.arm, answers: theirs }, { arm: a.arm, answers: ours }),
  ].flatMap((example) => (example === null ? [] : [{ regime: a.regime, world: worldOf(a), ...example }]));
}

interface Side {
  readonly arm: string;
  readonly answers: readonly LoggedAnswer[];
}

function mostDiffering(better: Side, worse: Side): Omit<StudyExample, "regime" | "world"> | null {
  const others = groupBy(worse.answers, ({ questionId }) => questionId);
  let most = 0;
  let found: Omit<StudyExample, "regime" | "world"> | null = null;
  for (const [id, own] of groupBy(better.answers, ({ questionId }) => questionId)) {
    const other = others.get(id) ?? [];
    const [right, wrong] = [own.find(({ correct }) => correct), other.find(({ correct }) => !correct)];
    const more = shareRight(own) - shareRight(other);
    if (right === undefined || wrong === undefined || more <= most) continue;
    most = more;
    found = {
      question: right.question,
      rightAnswer: right.rightAnswer,
      right: { arm: better.arm, text: right.text },
      wrong: { arm: worse.arm, text: wrong.text },
    };
  }
  return found;
}

function shareRight(answers: readonly LoggedAnswer[]): number {
  return answers.filter(({ correct }) => correct).length / answers.length;
}
