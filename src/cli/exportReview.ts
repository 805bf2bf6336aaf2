import { existsSync } from "node:fs";
import { join } from "node:path";
import { makeFolders } from "../files/makeFolders.ts";
import { writeAtomically } from "../files/atomicWrite.ts";
import { print } from "../output/terminal.ts";
import { buildReview } from "../studies/review/buildReview.ts";
import { lastAnswers } from "../studies/lastAnswers.ts";
import { sampleTrajectories, type Candidate } from "../studies/review/sampleTrajectories.ts";
import type { StudyResult } from "../studies/studyResult.ts";
import { badInput } from "./cliError.ts";
import { readStudyResult } from "./readStudyResult.ts";
import type { ReviewOptions } from "./reviewOptions.ts";

/** Writes the blinded form and, apart from it, its key. A review that is there already is not written over: its filled forms would fit no key. */
export async function exportReview({ study, folder, trajectories, seed, root }: ReviewOptions): Promise<number> {
  const result = await readStudyResult(study);
  const [formFile, keyFile] = [join(folder, "form.html"), join(folder, "key.json")];
  if (existsSync(keyFile))
    throw badInput(`${keyFile} is there already, and forms may have been filled for it; give another --folder`);
  const { candidates, absent } = await candidatesOf(result, root);
  if (candidates.length === 0)
    throw badInput(`no finished run of study ${result.name} has its log in ${root}; --root names where the runs are`);
  const { chosen, strata } = sampleTrajectories(candidates, trajectories, result.studyHash, seed);
  const { key, form } = buildReview(chosen, result.studyHash);
  makeFolders(folder);
  await writeAtomically(keyFile, `${JSON.stringify(key, null, 2)}\n`);
  await writeAtomically(formFile, form);
  for (const { arm, correct, candidates: all, taken } of strata)
    print(`${arm}, graded ${correct ? "right" : "not right"}: ${taken} of ${all}`);
  if (chosen.length < trajectories) print(`Only ${chosen.length} of ${trajectories} trajectories are there to show.`);
  if (absent > 0) print(`${absent} finished runs have no log in ${root}, and are not in the sample.`);
  print(`Send raters ${formFile}; keep ${keyFile}, which tells the arms, to yourself.`);
  return 0;
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
