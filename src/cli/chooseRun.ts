import { existsSync } from "node:fs";
import { join } from "node:path";
import { engineOf } from "../configuration/policy.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { ConfigurationError } from "../configuration/configurationError.ts";
import { resolveConfiguration } from "../configuration/resolveConfiguration.ts";
import { checkInputs } from "../curriculum/checkInputs.ts";
import { readSavedSettings } from "../curriculum/runFolder.ts";
import { checkModel } from "./checkModel.ts";
import type { Overrides } from "../configuration/mergeSettings.ts";
import { badInput } from "./cliError.ts";
import { knownRuns, noSuchRun, reserveRunName } from "./runNames.ts";
import { requestedOverrides, type StartOptions } from "./startOptions.ts";
import { messageOf } from "../domain/messageOf.ts";

/** Stands for the name that is only given once everything else is known to be right. */
const unnamed = "unnamed";

/** The configuration to run: a new one, checked as a whole with its data, or a saved one to go on with. */
export async function chooseRun(options: StartOptions, root: string): Promise<RunConfiguration> {
  return options.resume ? savedConfiguration(options, root) : newConfiguration(options, root);
}

async function newConfiguration(options: StartOptions, root: string): Promise<RunConfiguration> {
  const overrides = await requestedOverrides(options);
  const named = overrides["run"] !== undefined;
  const configuration = resolve(named ? overrides : { ...overrides, run: unnamed });
  if (named && existsSync(join(root, configuration.run))) {
    throw badInput(
      `--run ${configuration.run}: a run of this name exists. Choose another name, or go on with it: npm start -- --resume --run ${configuration.run}`,
    );
  }
  if (engineOf(configuration.policy).models === "folder") await checkModel(configuration.policy.model);
  await asBadInput(checkInputs(configuration));
  if (options.dryRun) return named ? configuration : { ...configuration, run: configuration.preset };
  return named ? configuration : { ...configuration, run: reserveRunName(root, configuration.preset) };
}

async function savedConfiguration(options: StartOptions, root: string): Promise<RunConfiguration> {
  const { run: _, ...others } = await requestedOverrides(options);
  if (Object.keys(others).length > 0) {
    throw badInput(`--resume goes on with the run's saved settings: leave out ${Object.keys(others).join(", ")}`);
  }
  const name = options.run ?? knownRuns(root).find((run) => !run.finished)?.name;
  if (name === undefined) throw badInput(`--resume: there is no unfinished run in ${root}`);
  const file = join(root, name, "configuration.json");
  if (!existsSync(file)) throw noSuchRun(root, name);
  return resolve(await readSavedSettings(file));
}

function resolve(overrides: Overrides): RunConfiguration {
  try {
    return resolveConfiguration(overrides);
  } catch (error) {
    throw error instanceof ConfigurationError ? badInput(error.message) : error;
  }
}

/**
 * Turns what is refused before anything starts into bad input: a model that cannot call its tools, a missing folder, a
 * malformed line.
 */
async function asBadInput(checking: Promise<unknown>): Promise<void> {
  await checking.catch((error: unknown) => {
    throw badInput(messageOf(error));
  });
}
