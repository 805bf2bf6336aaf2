import { existsSync } from "node:fs";
import { join } from "node:path";
import { ConfigurationError } from "../../configuration/configurationError.ts";
import { writeAtomically } from "../../files/atomicWrite.ts";
import { makeFolders } from "../../files/makeFolders.ts";
import { lastAnswers } from "../lastAnswers.ts";
import type { StudyResult } from "../studyResult.ts";
import { buildReview } from "./buildReview.ts";
import { sampleTrajectories, type Candidate, type Stratum } from "./sampleTrajectories.ts";

/** Where form and key go, and of what. */
export interface ReviewPlace {
  readonly folder: string;
  /** Where the study's runs lie. */
  readonly root: string;
  readonly result: StudyResult;
}

export interface MadeReview {
  /** Trajectories that the form shows. */
  readonly shown: number;
  readonly strata: readonly Stratum[];
  /** Finished runs whose logs are not under the root. */
  readonly absent: number;
}

export function formFile(folder: string): string {
  return join(folder, "form.html");
}

export function keyFile(folder: string): string {
  return join(folder, "key.json");
}

/** Draws so many trajectories and writes the blinded form and, apart from it, its key. Throws ConfigurationError where no run has its log. */
export async function makeReview(
  { folder, root, result }: ReviewPlace,
  { trajectories, seed }: { readonly trajectories: number; readonly seed: number },
): Promise<MadeReview> {
  const { candidates, absent } = await candidatesOf(result, root);
  if (candidates.length === 0)
    throw new ConfigurationError(
      `no finished run of study ${result.name} has its log in ${root}; --root names where the runs are`,
    );
  const { chosen, strata } = sampleTrajectories(candidates, trajectories, result.studyHash, seed);
  const { key, form } = buildReview(chosen, result.studyHash);
  makeFolders(folder);
  await writeAtomically(formFile(folder), form);
  // Last: where there is a key, the form is whole.
  await writeAtomically(keyFile(folder), `${JSON.stringify(key, null, 2)}\n`);
  return { shown: chosen.length, strata, absent };
}

/** A review that is there is not made anew: its filled forms would fit no key. */
export function hasReview(folder: string): boolean {
  return existsSync(keyFile(folder));
}

async function candidatesOf(
  { cells }: StudyResult,
  root: string,
): Promise<{ candidates: Candidate[]; absent: number }> {
  const candidates: Candidate[] = [];
  let absent = 0;
  for (const cell of cells.filter(({ outcome }) => outcome !== null && outcome.updates > 0)) {
    const answers = await lastAnswers(root, cell.run);
    if (answers === null) absent++;
    else candidates.push(...answers.map((answer) => ({ cell, answer })));
  }
  return { candidates, absent };
}
