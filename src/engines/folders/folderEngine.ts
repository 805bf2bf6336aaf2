import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { FolderPolicy } from "../../policy/folderPolicy.ts";
import { enginePortVersion, type Engine, type EngineCapabilities } from "../engine.ts";
import { checkpointsFolder, clearUnfinished } from "./checkpointFolder.ts";

/** Description of an engine whose policies are model folders. */
export interface FolderEngine extends Pick<Engine, "label" | "microBatchTokens" | "threads" | "contextLength"> {
  /** Where something is left out: full weights, bitwise replays, no KL term. */
  readonly capabilities: Partial<EngineCapabilities> & Pick<EngineCapabilities, "losses">;
  /** Opens a model folder or a checkpoint: the base's weights, or weights and optimiser state as they were saved. */
  readonly open: (folder: string, reference: boolean) => Promise<FolderPolicy>;
}

const usual = {
  trains: true,
  logProbabilities: true,
  weights: "full",
  bitwise: true,
  idempotent: false,
  reference: false,
} as const;

/** An engine of this machine: its checkpoints are folders of the run, whole and checked or not there. */
export function folderEngine({ open, capabilities, ...engine }: FolderEngine): Engine {
  const can = { ...usual, ...capabilities };
  return {
    ...engine,
    capabilities: can,
    port: enginePortVersion,
    models: "folder",
    open: async ({ from, runFolder, reference = false }) => {
      const { RunFolderPolicy } = await import("./runFolderPolicy.ts");
      const folder = "base" in from ? from.base : join(runFolder, from.checkpoint);
      return new RunFolderPolicy(await open(folder, reference), runFolder, can.bitwise);
    },
    openFolder: (folder) => open(folder, false),
    tokenizer: async (runFolder, checkpoint) => {
      const { loadTokenizer } = await import("../../policy/tokenizer.ts");
      return loadTokenizer(join(runFolder, checkpoint));
    },
    remove: (runFolder, checkpoint) => rm(join(runFolder, checkpoint), { recursive: true, force: true }),
    sweep: (runFolder, patience) => clearUnfinished(join(runFolder, checkpointsFolder), patience),
  };
}
