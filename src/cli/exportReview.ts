import { print } from "../output/terminal.ts";
import { formFile, hasReview, keyFile, makeReview } from "../studies/review/makeReview.ts";
import { badInput } from "./cliError.ts";
import { readStudyResult } from "./readStudyResult.ts";
import type { ReviewOptions } from "./reviewOptions.ts";

/** Writes the blinded form and, apart from it, its key; tells what the sample is made of. */
export async function exportReview({ study, folder, trajectories, seed, root }: ReviewOptions): Promise<number> {
  const result = await readStudyResult(study);
  if (hasReview(folder))
    throw badInput(`${keyFile(folder)} is there already, and forms may have been filled for it; give another --folder`);
  const { shown, strata, absent } = await makeReview({ folder, root, result }, { trajectories, seed });
  for (const { arm, correct, candidates, taken } of strata)
    print(`${arm}, graded ${correct ? "right" : "not right"}: ${taken} of ${candidates}`);
  if (shown < trajectories) print(`Only ${shown} of ${trajectories} trajectories are there to show.`);
  if (absent > 0) print(`${absent} finished runs have no log in ${root}, and are not in the sample.`);
  print(`Send raters ${formFile(folder)}; keep ${keyFile(folder)}, which tells the arms, to yourself.`);
  return 0;
}
