import { visibleLine } from "../output/visible.ts";
import type { RunProgress } from "../domain/progress.ts";
import type { StudyProgress } from "../studies/studyProgress.ts";
import { formatDuration } from "../output/duration.ts";

/** A run of the study that is at work. */
export interface RunAtWork {
  /** What it does, in one line. */
  readonly line: string;
  readonly phase: RunProgress["phase"];
}

/** One line: how far the study is, what it waits for, the run at work. While that makes its base no time is told: finished runs may have found theirs made. */
export function describeStudy(progress: StudyProgress, run: RunAtWork | null): string {
  const { total, finished, failed, held, secondsLeft, atWork, phase, message } = progress;
  const works = atWork.filter(({ waits }) => waits === null);
  const parts = [
    total === 0 ? phase : `${finished} of ${total} runs`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(held > 0 ? [`${held} waiting for a person`] : []),
    ...(secondsLeft === null || run?.phase === "base" ? [] : [`about ${formatDuration(secondsLeft)} left`]),
    ...(message === "" ? [] : [`${phase}: ${message}`]),
    ...works.map(({ label }) => label).slice(0, 1),
    ...(works.length > 1 ? [`and ${works.length - 1} more`] : []),
    ...(run === null || works.length === 0 ? [] : [run.line]),
  ];
  return visibleLine(parts.join(" · "));
}

/** Runs that began to wait for a person since the last look, once each. */
export function createWaitLines(): (progress: StudyProgress) => string[] {
  const told = new Set<string>();
  return ({ atWork, acts, waitsForPerson, message }) => {
    const news = [
      ...atWork.flatMap(({ run, label, waits }) =>
        waits === null
          ? []
          : [`${label} waits for a person (curriculum-${run}): ${waits}. The study goes on without it.`],
      ),
      ...(waitsForPerson ? [`The study waits for a person: ${message}. In the Temporal UI: ${acts.join(", ")}`] : []),
    ].filter((line) => !told.has(line));
    for (const line of news) told.add(line);
    return news.map(visibleLine);
  };
}
