import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pathsOfConfiguration } from "../src/configuration/configuredPaths.ts";
import type { InputPath } from "../src/configuration/inputPath.ts";
import type { RunConfiguration } from "../src/configuration/configuration.ts";
import { corporaOf } from "../src/corpus/folder.ts";
import { checkReadable, checkWritable, readPathRoots, type PathRoots } from "../src/files/pathRoots.ts";
import { isHubName } from "../src/hub/repository.ts";
import { badInput } from "./failures.ts";

/** The project's own folders that inputs may name without more: models that come with it, corpora made by its commands. */
const ownFolders = ["models", "corpora"].map((name) => fileURLToPath(new URL(`../${name}`, import.meta.url)));

/** Refuses paths that inputs may not name as bad input, by their fields, before anything is read or written. */
export interface InputPaths {
  configuration(
    configuration: Pick<
      RunConfiguration,
      "data" | "policy" | "retrieval" | "semanticEncoder" | "baselines" | "warmStart"
    >,
  ): Promise<void>;
  readable(paths: readonly InputPath[]): Promise<void>;
  /** Where a corpus is to be written. */
  writable(path: InputPath): Promise<void>;
}

/** The rules of a worker with this storage root. */
export function createInputPaths(root: string): InputPaths {
  const check = async (work: (roots: PathRoots) => Promise<void>): Promise<void> => {
    try {
      await work(readPathRoots(root, process.env, [...ownFolders, corporaOf(root)]));
    } catch (error) {
      throw badInput(error);
    }
  };
  const readable = (paths: readonly InputPath[]): Promise<void> =>
    check(async (roots) => {
      for (const { field, path } of paths) if (!isOnHub(path)) await checkReadable(field, path, roots);
    });
  return {
    configuration: (configuration) => readable(pathsOfConfiguration(configuration)),
    readable,
    writable: ({ field, path }) => check((roots) => checkWritable(field, path, roots)),
  };
}

function isOnHub(path: string): boolean {
  return isHubName(path) && !existsSync(path);
}
