import { accessSync, constants, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { ServerSettingsError } from "./settingsError.ts";

/** Throws a ServerSettingsError where the system's folder for temporary files cannot be used: what needs it would abort without a sentence. */
export function checkTemporaryFolder(folder: string = tmpdir()): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    if (statSync(folder).isDirectory()) return;
  } catch {
    // Told below.
  }
  throw new ServerSettingsError(
    `The folder for temporary files, ${folder}, cannot be written or is none: correct or unset TMPDIR.`,
  );
}
