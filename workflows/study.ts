import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import { z } from "zod";
import { most } from "../src/configuration/bounds.ts";
import { StudyName } from "../src/studies/studyFile.ts";
import type { NextCell, WrittenStudy } from "../activities/studies.ts";
import { searchAttributes, studies } from "../temporal.config.ts";
import { startNamed } from "./children.ts";
import { curriculum } from "./curriculum.ts";
import { describeFault, unwrapped } from "./faults.ts";
import { parseInput } from "./input.ts";
import { cpu } from "./proxies.ts";
import { handleReviews, waitForReviews } from "./reviewGate.ts";
import { handleStudyMessages } from "./studyMessages.ts";
import { showStudy } from "./studyProgress.ts";
import { carriedBy, createStudyState, lanesInUse, type CarriedStudy, type StudyState } from "./studyState.ts";
import { summaryText } from "../src/output/markdown.ts";

export const StudyInput = z
  .strictObject({
    /** A study that comes with the project. */
    study: StudyName.nullable().default(null),
    /** The file of another one. */
    file: z.string().min(1).nullable().default(null),
    /** Folder that finished runs are read from and added to; null is the study's own below the storage root. */
    state: z.string().min(1).nullable().default(null),
    /** After which the study stops; what is not finished is pending, and goes on when it is started again. Null for no end. */
    minutes: z
      .number()
      .positive()
      .max(...most(525_600, "a year"))
      .nullable()
      .default(null),
    /** Runs of one history before the workflow continues as new. */
    runsPerHistory: z
      .number()
      .int()
      .min(1)
      .max(...most(1000, "a history holds 51,200 events, some 30 a run"))
      .default(studies.runsPerHistory),
  })
  .refine(({ study, file }) => (study === null) !== (file === null), {
    path: ["study"],
    message: "name a study, or give a file, not both",
  });
export type StudyInput = z.input<typeof StudyInput>;

/** Where the result lies, and what became of the runs. */
export type FinishedStudy = Omit<WrittenStudy, "reviewers">;

/**
 * A study: every arm on every world with every seed, each a run of its own (workflow `curriculum-RUN`). What is finished is kept, so that starting
 * it again runs only what lacks. A run that fails or waits for a person is noted, and the others go on.
 */
export async function study(input: StudyInput, carried: CarriedStudy | null = null): Promise<FinishedStudy> {
  const state = createStudyState(carried);
  handleStudyMessages(state);
  handleReviews(state);
  const { runsPerHistory, minutes, ...place } = parseInput(StudyInput, input);
  const opened = carried ?? (await open(place, minutes));
  const { study: name, deadline } = opened;
  state.study = name;
  state.parallel = opened.parallel;
  state.phase = "running";
  upsertSearchAttributes([{ key: searchAttributes.study, value: name }]);
  const clock = new CancellationScope();
  void clock.run(() => stopAt(state, deadline)).catch(() => undefined);
  await runCells(state, name, runsPerHistory);
  clock.cancel();
  const { reviewers, ...written } = await write(state, name);
  if (typeof reviewers === "number" && !state.timeUp) await waitForReviews(state, reviewers, deadline, durably);
  await condition(allHandlersFinished);
  if (written.counts.pending > 0 && !state.timeUp) return continueAsNew<typeof study>(input, carriedBy(state, opened));
  state.phase = "done";
  showStudy(state);
  return written;
}

async function open(
  place: Parameters<typeof cpu.openStudy>[0],
  minutes: number | null,
): Promise<Pick<CarriedStudy, "study" | "parallel" | "deadline">> {
  const started = await unwrapped(cpu.openStudy.executeWithOptions({ summary: "check the study" }, [place]));
  return { ...started, deadline: minutes === null ? null : Date.now() + minutes * 60_000 };
}

async function stopAt(state: StudyState, deadline: number | null): Promise<void> {
  if (deadline === null) return;
  await sleep(Math.max(1, deadline - Date.now()), { summary: "the study's time" });
  state.timeUp = true;
}

/**
 * Starts runs until none is missing, the time is up, or the history is full; then stops the runs that are still at
 * work.
 */
async function runCells(state: StudyState, name: string, runsPerHistory: number): Promise<void> {
  const runs = new CancellationScope();
  const isFull = (): boolean => state.started >= runsPerHistory || workflowInfo().continueAsNewSuggested;
  while (!state.timeUp) {
    await condition(() => state.timeUp || lanesInUse(state) < state.parallel);
    const cell = await nextCell(state, name);
    if (state.timeUp) break;
    if (cell === null || isFull()) {
      if (lanesInUse(state) === 0) break;
      await condition(() => state.timeUp || lanesInUse(state) === 0);
      continue;
    }
    if (await mayStart(state, name)) {
      state.started++;
      state.atWork.set(cell.run, { run: cell.run, label: cell.label, waits: null, waited: false });
      void runs.run(() => runCell(state, name, cell)).catch(() => undefined);
    }
  }
  noteHeld(state);
  state.stopping = true;
  runs.cancel();
  await condition(() => state.atWork.size === 0);
}

/** The next run to start; null where all missing runs have been tried. */
async function nextCell(state: StudyState, name: string): Promise<NextCell | null> {
  const leftOut = [...state.atWork.keys(), ...state.open.map(({ run }) => run)];
  state.standing = await inTime(state, () =>
    cpu.nextCells.executeWithOptions({ summary: "what is kept, and what comes next" }, [
      { study: name, leftOut, count: 1 },
    ]),
  );
  showStudy(state);
  return state.standing?.cells[0] ?? null;
}

/** Waits while a person wants no further run, or the budget is reached; false when there was such a wait, after which things are looked at anew. */
async function mayStart(state: StudyState, name: string): Promise<boolean> {
  if (state.paused !== null) {
    await condition(() => state.timeUp || state.paused === null);
    return false;
  }
  const overBudget = state.standing?.overBudget ?? null;
  if (overBudget === null) return true;
  state.overBudget = overBudget;
  showStudy(state);
  await condition(() => state.timeUp || state.budgetApproval !== null);
  const approval = state.budgetApproval;
  state.overBudget = null;
  state.budgetApproval = null;
  if (approval !== null)
    await inTime(state, () =>
      cpu.approveStudyBudget.executeWithOptions({ summary: `budget: ${summaryText(approval.reason)}` }, [
        { study: name, ...approval },
      ]),
    );
  return false;
}

/** Does one run and keeps its result; never throws. */
async function runCell(state: StudyState, name: string, { run, configuration }: NextCell): Promise<void> {
  const began = Date.now();
  showStudy(state);
  try {
    const child = await startNamed(curriculum, `curriculum-${run}`, configuration);
    await child.result();
    await cpu.keepCell.executeWithOptions({ summary: summaryText(`keep ${run}`) }, [{ study: name, run }]);
    state.failedInARow = 0;
    if (state.standing !== null) state.standing = { ...state.standing, finished: state.standing.finished + 1 };
    const { seconds, runs } = state.pace;
    if (state.atWork.get(run)?.waited === false)
      state.pace = { seconds: seconds + (Date.now() - began) / 1000, runs: runs + 1 };
  } catch (error) {
    if (!state.stopping) noteFailure(state, run, isCancellation(error) ? "it was cancelled" : describeFault(error));
  } finally {
    state.atWork.delete(run);
    showStudy(state);
  }
}

/**
 * Notes a failed run. Where every run fails, the fault is likely elsewhere: nothing is started until a person has
 * looked.
 */
function noteFailure(state: StudyState, run: string, cause: string): void {
  state.open.push({ run, status: "failed", cause });
  state.failedInARow++;
  if (state.failedInARow < studies.failuresInARow) return;
  state.failedInARow = 0;
  state.paused = `${studies.failuresInARow} runs failed one after the other, the last one: ${cause}. Mend the cause, then send the signal resume`;
}

function noteHeld(state: StudyState): void {
  for (const { run, waits } of state.atWork.values())
    if (waits !== null) state.open.push({ run, status: "held", cause: waits });
}

async function write(state: StudyState, name: string): Promise<WrittenStudy> {
  state.phase = "writing";
  showStudy(state);
  return durably(state, () =>
    cpu.writeStudy.executeWithOptions({ summary: "write the result" }, [{ study: name, open: state.open }]),
  );
}

/** Does the work; where retries did not cure a fault, tries again when a person resumes the study. Null when the time is up before that. */
async function inTime<T>(state: StudyState, work: () => Promise<T>): Promise<T | null> {
  for (;;) {
    const done = await attempt(state, work);
    if (done !== null) return done.value;
    await condition(() => state.timeUp || state.paused === null);
    if (state.timeUp) return null;
  }
}

/** As inTime, for work that must be done also when the time is up. */
async function durably<T>(state: StudyState, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const done = await attempt(state, work);
    if (done !== null) return done.value;
    await condition(() => state.paused === null);
  }
}

/** Tries the work once; null where it failed for good. The study is then paused with the cause. */
async function attempt<T>(state: StudyState, work: () => Promise<T>): Promise<{ readonly value: T } | null> {
  try {
    return { value: await work() };
  } catch (error) {
    if (isCancellation(error)) throw error;
    state.paused = `${describeFault(error)}. Mend the cause, then send the signal resume`;
    showStudy(state);
    return null;
  }
}
