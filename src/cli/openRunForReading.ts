import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { readConfiguration } from "../curriculum/runFolder.ts";
import type { Dataset } from "../domain/dataset.ts";
import { openDataset } from "../tasks/taskRegistry.ts";
import { type RunLog } from "../trajectories/log.ts";
import { openRunLog } from "../trajectories/lanceLog.ts";
import { noSuchRun } from "./runNames.ts";

/** A run as the commands that look at it use it. */
export interface OpenedRun {
  readonly folder: string;
  readonly configuration: RunConfiguration;
  readonly dataset: Dataset;
  readonly log: RunLog;
}

/** Opens a run by name for reading; an unknown one is refused with the names that there are. Close its log. */
export async function openRun(root: string, name: string): Promise<OpenedRun> {
  const folder = join(root, name);
  if (!existsSync(join(folder, "configuration.json"))) throw noSuchRun(root, name);
  const configuration = await readConfiguration(folder);
  return { folder, configuration, dataset: await openDataset(configuration.data), log: await openRunLog(folder) };
}
