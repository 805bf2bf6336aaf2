import { isDeepStrictEqual } from "node:util";
import { memoize } from "../src/caching/memoize.ts";
import type { RunConfiguration } from "../src/configuration/configuration.ts";
import { ConfigurationError } from "../src/configuration/configurationError.ts";
import { budgetAfter, reachedBudget } from "../src/cost/budget.ts";
import { nextWork } from "../src/curriculum/nextWork.ts";
import { baselinePools, configuredPools } from "../src/curriculum/questions.ts";
import type { Spent } from "../src/domain/usage.ts";
import { buildResult, type OpenCell } from "../src/studies/buildResult.ts";
import { cellOutcome } from "../src/studies/cellOutcome.ts";
import { keepCell, readKeptCells } from "../src/studies/keptCells.ts";
import { writeStudyOutputs } from "../src/studies/outputs.ts";
import { labelOf, spentOfStudy } from "../src/studies/progress.ts";
import { readStudy, studyFileOf } from "../src/studies/readStudy.ts";
import { readGivenText } from "../src/studies/givenText.ts";
import { readOpenedStudy, studyFolder, writeOpenedStudy, writeResult } from "../src/studies/studyFolder.ts";
import type { StudyResult } from "../src/studies/studyResult.ts";
import type { BudgetRequest } from "./budget.ts";
import { claimOrRefuse, requireClaim } from "./claims.ts";
import { asInput, badInput } from "./failures.ts";
import { createInputPaths } from "./inputPaths.ts";
import type { Workspace } from "./workspace.ts";

/** A study that may begin. */
export interface StartedStudy {
  readonly study: string;
  readonly parallel: number;
}

/** A run to be started, as the workflow `curriculum` takes it. */
export interface NextCell {
  readonly run: string;
  readonly label: string;
  readonly configuration: RunConfiguration;
}

/** Where a study stands, by the runs that are kept. */
export interface StudyStanding {
  readonly cells: readonly NextCell[];
  readonly total: number;
  readonly finished: number;
  readonly spent: Spent;
  readonly overBudget: string | null;
  /** Mean seconds of work of a finished run; null before the first. */
  readonly meanSeconds: number | null;
}

export interface WrittenStudy {
  /** With study.json and what follows from it. */
  readonly folder: string;
  readonly counts: StudyResult["counts"];
  /** Filled forms that the study waits for, since all its runs are finished; null for none. */
  readonly reviewers: number | null;
}

export interface StudyActivities {
  /**
   * Checks a study and makes the calling workflow the one that goes on with it: one that comes with the project, or another file; finished runs are
   * kept in `state`, null: below the storage root. Bad input by name.
   */
  openStudy(input: {
    readonly study: string | null;
    readonly file: string | null;
    readonly state: string | null;
  }): Promise<StartedStudy>;
  /** Where the study stands, and the next runs, at most `count`, that are neither finished nor among `leftOut`. */
  nextCells(input: {
    readonly study: string;
    readonly leftOut: readonly string[];
    readonly count: number;
  }): Promise<StudyStanding>;
  /** Keeps what a run came to. Throws where the run is not at its end. */
  keepCell(input: { readonly study: string; readonly run: string }): Promise<void>;
  /** Records limits of the study's budget that a person approved. */
  approveStudyBudget(input: { readonly study: string } & BudgetRequest): Promise<void>;
  /** Writes the result with what follows from it. */
  writeStudy(input: { readonly study: string; readonly open: readonly OpenCell[] }): Promise<WrittenStudy>;
}

export function createStudyActivities(workspace: Workspace): StudyActivities {
  const { root } = workspace;
  const planOf = memoize((text: string) => readStudy(text, "study"), 3);

  const opened = async (name: string) => {
    const found = await readOpenedStudy(studyFolder(root, name));
    if (found === null) throw badInput(`study: ${name} was not started here`);
    return { ...found, ...planOf(found.text) };
  };

  return {
    openStudy: async ({ study, file, state }) => {
      const inputs = createInputPaths(root);
      if (file !== null) await inputs.readable([{ field: "file", path: file }]);
      if (state !== null) await inputs.writable({ field: "state", path: state });
      const { text, name, parallel } = await asInput(async () => {
        const found = await readGivenText(file ?? (await studyFileOf(study ?? "")));
        const { study: declared } = readStudy(found, file ?? `studies/${study}.json`);
        if (study !== null && declared.name !== study)
          throw new ConfigurationError(
            `studies/${study}.json: name: expected ${study}, as its file, got ${declared.name}`,
          );
        return { text: found, name: declared.name, parallel: declared.parallel };
      });
      const folder = studyFolder(root, name);
      await claimOrRefuse(folder, `study: ${name}`);
      const place = state ?? folder;
      await asInput(() => readKeptCells(place));
      const before = await readOpenedStudy(folder);
      const approvals = before?.text === text ? before.approvals : [];
      await writeOpenedStudy(folder, { text, state: place, approvals });
      return { study: name, parallel };
    },
    nextCells: async ({ study: name, leftOut, count }) => {
      const { study, cells, state, approvals } = await opened(name);
      const kept = await readKeptCells(state);
      const lacking = cells.filter(({ configurationHash }) => !kept.has(configurationHash));
      const finished = cells.length - lacking.length;
      const spent = spentOfStudy(cells, kept);
      return {
        cells: lacking
          .filter(({ run }) => !leftOut.includes(run))
          .slice(0, count)
          .map((cell) => ({
            run: cell.run,
            label: labelOf(cell, study.regimes.length),
            configuration: cell.configuration,
          })),
        total: cells.length,
        finished,
        spent,
        overBudget: reachedBudget(budgetAfter(study.budget, approvals), spent),
        meanSeconds: finished === 0 ? null : spent.seconds / finished,
      };
    },
    keepCell: async ({ study: name, run }) => {
      const { cells, state } = await opened(name);
      const cell = cells.find((one) => one.run === run);
      if (cell === undefined) throw badInput(`run: study ${name} has no run ${JSON.stringify(run)}`);
      const { configuration, ...address } = cell;
      const ended = await workspace.run(run);
      await requireEnd(ended);
      const outcome = await cellOutcome(ended);
      const finished = { ...address, status: "finished" as const, cause: null, outcome, configuration };
      await keepCell(state, finished);
    },
    approveStudyBudget: async ({ study: name, tokens = null, money = null, hours = null, ...person }) => {
      const { text, state, approvals } = await opened(name);
      const approval = { tokens, money, hours, ...person };
      // An attempt that died after it recorded the approval must not record it twice.
      if (isDeepStrictEqual(approvals.at(-1), approval)) return;
      await writeOpenedStudy(studyFolder(root, name), { text, state, approvals: [...approvals, approval] });
    },
    writeStudy: async ({ study: name, open }) => {
      const plan = await opened(name);
      const { state } = plan;
      await requireClaim(studyFolder(root, name), `study: ${name}`);
      const result = buildResult(plan, await readKeptCells(state), open);
      await writeResult(state, result);
      await writeStudyOutputs({ folder: state, root, result });
      const isFinished = result.counts.finished === result.cells.length;
      return {
        folder: state,
        counts: result.counts,
        reviewers: isFinished ? (plan.study.review?.raters ?? null) : null,
      };
    },
  };
}

/** Throws where a run is not at its end, as when its workflow ended early. */
async function requireEnd({ log, configuration, dataset }: Awaited<ReturnType<Workspace["run"]>>): Promise<void> {
  const pools = configuredPools(dataset, configuration);
  const work = await nextWork(log, configuration, pools, baselinePools(dataset, configuration));
  if (work.kind !== "done") throw new Error(`run ${configuration.run} is not at its end: next is ${work.kind}`);
}
