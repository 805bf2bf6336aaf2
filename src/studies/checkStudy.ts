import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { buildResult } from "./buildResult.ts";
import { readKeptCells } from "./keptCells.ts";
import { summaryFile } from "./outputs.ts";
import { planStudy } from "./planStudy.ts";
import { studiesFolder } from "./readStudy.ts";
import { hashFile } from "../files/hashFile.ts";
import { readResult } from "./studyFolder.ts";
import type { StudyResult } from "./studyResult.ts";
import { summarise, type StudySummary } from "./summary.ts";

export interface CheckedStudy {
  readonly result: StudyResult;
  readonly summary: StudySummary;
  /** What does not repeat, in words; empty where everything does. */
  readonly faults: readonly string[];
  /** What is to be known beside. */
  readonly notes: readonly string[];
}

/** Repeats what a state folder keeps: the result from its finished runs, the figures from the result. */
export async function checkStudy(folder: string): Promise<CheckedStudy> {
  const result = await readResult(folder);
  const summary = await summarise(result);
  const kept: unknown = JSON.parse(await readFile(join(folder, summaryFile), "utf8"));
  return {
    result,
    summary,
    faults: [
      ...(await cellFaults(folder, result)),
      ...(isDeepStrictEqual(plain(summary), kept)
        ? []
        : [`${summaryFile} differs from the figures that follow from study.json`]),
    ],
    notes: await declaredNotes(result),
  };
}

/** Without its finished runs a result stands for itself. */
async function cellFaults(folder: string, result: StudyResult): Promise<string[]> {
  const kept = await readKeptCells(folder);
  if (kept.size === 0) return [];
  const open = result.cells.flatMap(({ run, status, cause }) =>
    status === "failed" || status === "held" ? [{ run, status, cause: cause ?? "" }] : [],
  );
  const again = buildResult({ ...planStudy(result.study), studyHash: result.studyHash }, kept, open);
  return again.cells.flatMap((cell, index) => {
    const before = result.cells[index];
    return isDeepStrictEqual(plain(cell.outcome), plain(before?.outcome))
      ? []
      : [`${cell.run}: study.json differs from its kept run`];
  });
}

async function declaredNotes({ name, studyHash }: StudyResult): Promise<string[]> {
  const file = join(studiesFolder, `${name}.json`);
  if (!existsSync(file)) return [];
  return (await hashFile(file)) === studyHash
    ? []
    : [`studies/${name}.json is another study by now: the result is of a file with hash ${studyHash}`];
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null)) as unknown;
}
