import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { print, printError, printJson } from "../output/terminal.ts";
import { checkStudy } from "../studies/checkStudy.ts";
import { resultFile, studyFolder } from "../studies/studyFolder.ts";
import { summaryLines } from "../studies/summary.ts";
import { badInput } from "./cliError.ts";
import type { StudyOptions } from "./studyOptions.ts";

/** Results that come with the project. */
const keptFolder = fileURLToPath(new URL("../../docs/studies", import.meta.url));

/** Repeats kept results from their files; 1 where a figure does not repeat. */
export async function checkStudies(options: StudyOptions): Promise<number> {
  let failed = false;
  for (const folder of foldersOf(options)) {
    const { result, summary, faults, notes } = await checkStudy(folder);
    if (options.json) printJson({ study: result.name, folder, counts: result.counts, summary, faults, notes });
    else for (const line of [...summaryLines(summary), ...notes]) print(line);
    for (const fault of faults) printError(`${folder}: ${fault}`);
    if (faults.length === 0 && !options.json) print(`${folder}: every figure repeats from its file.`);
    failed ||= faults.length > 0;
  }
  return failed ? 1 : 0;
}

function foldersOf({ state, preset, root }: StudyOptions): string[] {
  const places =
    state !== undefined
      ? [resolve(state)]
      : preset === undefined
        ? keptNames().map((name) => join(keptFolder, name))
        : [join(keptFolder, preset), studyFolder(resolve(root), preset)];
  const found = places.filter((place) => existsSync(join(place, resultFile)));
  if (found.length === 0)
    throw badInput(
      `there is no ${resultFile} in ${places.join(" or ") || keptFolder}; run the study, or name its folder with --state`,
    );
  return preset === undefined ? found : found.slice(0, 1);
}

function keptNames(): string[] {
  return existsSync(keptFolder) ? readdirSync(keptFolder) : [];
}
