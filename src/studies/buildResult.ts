import { linesHardlyRead } from "../report/probeHealth.ts";
import { budgetOf } from "./armBudget.ts";
import { idleSettings } from "./idleSettings.ts";
import { splitVersions } from "./cellVersions.ts";
import type { KeptCell, KeptCells } from "./keptCells.ts";
import type { PlannedCell, StudyPlan } from "./planStudy.ts";
import { resultFormat, type CellStatus, type StudyCell, type StudyResult } from "./studyResult.ts";

/** A run that did not end, and why. */
export interface OpenCell {
  readonly run: string;
  readonly status: "failed" | "held";
  readonly cause: string;
}

/** Everything that a study came to: its finished runs, those that did not end, those that lack. */
export function buildResult(
  { study, studyHash, budgets, cells: planned }: StudyPlan & { readonly studyHash: string },
  kept: KeptCells,
  open: readonly OpenCell[],
): StudyResult {
  const cells = planned.map((cell) => cellOf(cell, kept.get(cell.configurationHash), open));
  const count = (status: CellStatus): number => cells.filter((cell) => cell.status === status).length;
  return {
    format: resultFormat,
    name: study.name,
    studyHash,
    study,
    budgets,
    cells,
    counts: { finished: count("finished"), failed: count("failed"), held: count("held"), pending: count("pending") },
    notes: [
      ...foreign(planned, kept),
      ...unequalWork(planned, cells),
      ...idleSettings(cells),
      ...hardlyRead(cells),
      ...eventful(cells),
      ...mixed(cells),
    ],
  };
}

/** A kept run may have been called otherwise: arms are known by their configuration. */
function cellOf(
  { arm, regime, world, seed, run, configurationHash }: PlannedCell,
  kept: KeptCell | undefined,
  open: readonly OpenCell[],
): StudyCell {
  const address = { arm, regime, world, seed, configurationHash };
  if (kept !== undefined) return { ...address, run: kept.run, status: "finished", cause: null, outcome: kept.outcome };
  const { status, cause } = open.find((one) => one.run === run) ?? { status: "pending" as const, cause: null };
  return { ...address, run, status, cause, outcome: null };
}

function foreign(planned: readonly PlannedCell[], kept: KeptCells): string[] {
  const own = new Set(planned.map(({ configurationHash }) => configurationHash));
  const others = [...kept.keys()].filter((hash) => !own.has(hash)).length;
  return others === 0
    ? []
    : [`${others} kept runs are of no arm, world and seed that the study declares; they do not count`];
}

/** Arms that in fact took more or less than declared cannot be compared as if they had not. */
function unequalWork(planned: readonly PlannedCell[], cells: readonly StudyCell[]): string[] {
  return cells.flatMap(({ run, outcome }, index) => {
    const configuration = planned[index]?.configuration;
    if (outcome === null || configuration === undefined) return [];
    const { updates, samples } = budgetOf(configuration);
    if (outcome.updates === updates && outcome.samples === samples) return [];
    return [
      `${run} took ${outcome.updates} updates and ${outcome.samples} samples, not ${updates} and ${samples} as declared`,
    ];
  });
}

function eventful(cells: readonly StudyCell[]): string[] {
  return cells.flatMap(({ run, outcome }) => (outcome?.events ?? []).map((event) => `${run}: ${event}`));
}

/** Worlds whose base does not read what searches show say little of any arm. */
function hardlyRead(cells: readonly StudyCell[]): string[] {
  const lines = cells.flatMap(({ regime, world, outcome }) =>
    (outcome?.checkpoints ?? [])
      .filter(({ update }) => update === 0)
      .flatMap(({ pools }) => pools.flatMap(({ metrics }) => linesHardlyRead(metrics)))
      .map((line) => `${regime}, world ${world}: the base hardly reads some lines (right probes: ${line})`),
  );
  return [...new Set(lines)];
}

/** Numbers of several versions or processors side by side. */
function mixed(cells: readonly StudyCell[]): string[] {
  const versions = cells.flatMap(({ outcome }) => outcome?.versions ?? []);
  const several = (name: string, values: readonly (string | null)[]): string[] => {
    const distinct = [...new Set(values.flatMap(splitVersions))];
    return distinct.length < 2 ? [] : [`the runs are of ${distinct.length} ${name}: ${distinct.join("; ")}`];
  };
  return [
    ...several(
      "versions of the package",
      versions.map((one) => one.package),
    ),
    ...several(
      "commits",
      versions.map(({ commit }) => commit),
    ),
    ...several(
      "kinds of processor",
      versions.map(({ processor }) => processor),
    ),
    ...several(
      "engines",
      versions.flatMap(({ engine }) => engine ?? []),
    ),
    ...(versions.some(({ commit }) => commit?.includes("-dirty") === true)
      ? ["some runs are of files that differ from their commit"]
      : []),
  ];
}
