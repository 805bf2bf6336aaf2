import { namedAfter } from "../configuration/presets.ts";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { didYouMean } from "../domain/nearest.mjs";
import { makeFolders } from "../files/makeFolders.ts";
import { badInput, type CliError } from "./cliError.ts";

/** Names a new run `<preset>-1`, `<preset>-2`, … and makes its folder, so that two commands never take the same name. */
export function reserveRunName(root: string, preset: string): string {
  makeFolders(root);
  for (let number = 1; ; number++) {
    const name = `${namedAfter(preset)}-${number}`;
    if (makeFolder(join(root, name))) return name;
  }
}

/** False when the folder is there already. */
function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

export interface KnownRun {
  readonly name: string;
  readonly finished: boolean;
}

/** Runs under the root that have a configuration, newest first. A finished run has a report. */
export function knownRuns(root: string): KnownRun[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, "configuration.json")))
    .map(({ name }) => ({ name, started: statSync(join(root, name, "configuration.json")).mtimeMs }))
    .sort((a, b) => b.started - a.started)
    .map(({ name }) => ({ name, finished: existsSync(join(root, name, "report.html")) }));
}

/** The error for a run that is not under the root. */
export function noSuchRun(root: string, name: string): CliError {
  const known = knownRuns(root).map((run) => run.name);
  return badInput(
    `there is no run ${JSON.stringify(name)} in ${root}. Known: ${known.join(", ") || "none"}${didYouMean(name, known)}`,
  );
}
