import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ownerOnlyFolder } from "../files/ownerOnly.ts";
import { messageOf } from "../domain/messageOf.ts";
import { writeAtomically } from "../files/atomicWrite.ts";
import { tellsUnknownPart } from "../parts/partRegistry.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { ConfigurationError } from "../configuration/configurationError.ts";
import { parseConfiguration, resolveConfiguration } from "../configuration/resolveConfiguration.ts";

export interface OpenedRunFolder {
  readonly folder: string;
  readonly configuration: RunConfiguration;
}

/** In every run's folder. */
export const configurationFile = "configuration.json";

/** What a run is to be, before anything is written. */
export interface ChosenRun {
  readonly configuration: RunConfiguration;
  /** True where the run's folder has this configuration already. */
  readonly saved: boolean;
}

/**
 * Resolves the overrides: a new run's configuration, or an existing run's, which overrides may repeat but not change.
 * `{run: NAME}` alone takes up a run as it is. Writes nothing; throws ConfigurationError.
 */
export async function chooseRunConfiguration(
  root: string,
  overrides: Readonly<Record<string, unknown>>,
): Promise<ChosenRun> {
  const named = typeof overrides["run"] === "string" ? await savedConfiguration(root, overrides["run"]) : null;
  if (named !== null && Object.keys(overrides).length === 1) return { configuration: named, saved: true };
  const configuration = resolveConfiguration(overrides);
  const saved = named ?? (await savedConfiguration(root, configuration.run));
  if (saved !== null) refuseDifferences(saved, configuration);
  return { configuration: saved ?? configuration, saved: saved !== null };
}

/** Makes the run's folder with its configuration, or takes up an existing run, as `chooseRunConfiguration` says. */
export async function openRunFolder(
  root: string,
  overrides: Readonly<Record<string, unknown>>,
): Promise<OpenedRunFolder> {
  const { configuration, saved } = await chooseRunConfiguration(root, overrides);
  const folder = join(root, configuration.run);
  if (!saved) await saveConfiguration(folder, configuration);
  return { folder, configuration };
}

/** The configuration that a run was started with. Throws ConfigurationError, which names the file, and says what it needs, where it cannot be used. */
export async function readConfiguration(folder: string): Promise<RunConfiguration> {
  const file = join(folder, configurationFile);
  const saved = await readSavedSettings(file);
  try {
    return parseConfiguration(saved);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const why = tellsUnknownPart(error.message)
      ? "cannot be used here: the extension that adds a part of it is not loaded; set MED_R3_EXTENSIONS to the folder that the run was started with"
      : "cannot be used by this version; a run of an earlier version needs that version's code (CHANGELOG.md)";
    throw new ConfigurationError(`${file} ${why}:\n${error.message}`);
  }
}

/** The settings in a run's file, not checked. Throws ConfigurationError where they are no JSON, as after a disk ran full or an edit by hand. */
export async function readSavedSettings(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(file, "utf8");
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new ConfigurationError(
      `${file} cannot be read (${messageOf(error)}): put back a copy of it. The run's log is untouched; nothing goes on with it before.`,
    );
  }
}

async function saveConfiguration(folder: string, configuration: RunConfiguration): Promise<void> {
  await ownerOnlyFolder(folder);
  await writeAtomically(join(folder, configurationFile), `${JSON.stringify(configuration, null, 2)}\n`, {
    flush: true,
  });
}

async function savedConfiguration(root: string, run: string): Promise<RunConfiguration | null> {
  // A name that is no run name could lead out of the root.
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/u.test(run)) return null;
  try {
    return await readConfiguration(join(root, run));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

function refuseDifferences(saved: RunConfiguration, wanted: RunConfiguration): void {
  const fields = differences(saved, wanted, "");
  if (fields.length === 0) return;
  throw new ConfigurationError(
    `run: "${saved.run}" exists with other settings (${fields.join(", ")}); choose another name, or give its name alone to go on with it`,
  );
}

function differences(before: unknown, after: unknown, path: string): string[] {
  if (typeof before !== "object" || before === null || typeof after !== "object" || after === null)
    return before === after ? [] : [path];
  const left: Readonly<Record<string, unknown>> = { ...before };
  const right: Readonly<Record<string, unknown>> = { ...after };
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return keys.flatMap((key) => differences(left[key], right[key], path === "" ? key : `${path}.${key}`));
}
