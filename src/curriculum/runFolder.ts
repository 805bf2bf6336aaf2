import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "../files/writeWhole.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { ConfigurationError, parseConfiguration, resolveConfiguration } from "../configuration/resolve.ts";

export interface OpenedRunFolder {
  readonly folder: string;
  readonly configuration: RunConfiguration;
}

/** In every run's folder. */
export const configurationFile = "configuration.json";

/**
 * Resolves the overrides and makes the run's folder with its configuration, or takes up an existing run: then the
 * saved configuration counts, and overrides that say otherwise are refused. `{run: NAME}` alone takes up a run as it is.
 */
export async function openRunFolder(root: string, overrides: Readonly<Record<string, unknown>>): Promise<OpenedRunFolder> {
  const named = typeof overrides["run"] === "string" ? await savedConfiguration(root, overrides["run"]) : null;
  if (named !== null && Object.keys(overrides).length === 1) return { folder: join(root, named.run), configuration: named };
  const configuration = resolveConfiguration(overrides);
  const folder = join(root, configuration.run);
  const saved = named ?? (await savedConfiguration(root, configuration.run));
  if (saved === null) await saveConfiguration(folder, configuration);
  else refuseDifferences(saved, configuration);
  return { folder, configuration };
}

/** The configuration that a run was started with. */
export async function readConfiguration(folder: string): Promise<RunConfiguration> {
  return parseConfiguration(JSON.parse(await readFile(join(folder, configurationFile), "utf8")) as Record<string, unknown>);
}

async function saveConfiguration(folder: string, configuration: RunConfiguration): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, configurationFile), `${JSON.stringify(configuration, null, 2)}\n`, { flush: true });
}

async function savedConfiguration(root: string, run: string): Promise<RunConfiguration | null> {
  // A name that is no run name could lead out of the root.
  if (!/^[a-z0-9][a-z0-9-]*$/u.test(run)) return null;
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
  throw new ConfigurationError(`run: "${saved.run}" exists with other settings (${fields.join(", ")}); choose another name, or give its name alone to go on with it`);
}

function differences(before: unknown, after: unknown, path: string): string[] {
  if (typeof before !== "object" || before === null || typeof after !== "object" || after === null) return before === after ? [] : [path];
  const left: Readonly<Record<string, unknown>> = { ...before };
  const right: Readonly<Record<string, unknown>> = { ...after };
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return keys.flatMap((key) => differences(left[key], right[key], path === "" ? key : `${path}.${key}`));
}
