import { Client, WorkflowNotFoundError } from "@temporalio/client";
import { join } from "node:path";
import { server } from "../../temporal.config.ts";
import { corporaOf } from "../corpus/folder.ts";
import { pruneCorpora } from "../corpus/pruneCorpora.ts";
import { readConfiguration } from "../curriculum/runFolder.ts";
import { engineOf } from "../configuration/policy.ts";
import { pruneSnapshots } from "../training/snapshots.ts";
import { connectClient, ownServerAccess, serverAccess } from "../server/serverAccess.ts";
import { readRecord } from "../server/serverRecord.ts";
import { serverHost } from "../server/flags.ts";
import { openRunLog } from "../trajectories/lanceLog.ts";
import { maintainLog } from "../trajectories/maintenance.ts";
import { whileClaimed } from "./commandClaim.ts";
import { badInput } from "./cliError.ts";
import type { PruneOptions } from "./pruneOptions.ts";
import { knownRuns, noSuchRun } from "./runNames.ts";
import { print } from "../output/terminal.ts";

/** Frees the disk of what runs no longer need: old ordinary snapshots, unfinished ones, orphaned rows, old versions of tables and corpora. */
export async function pruneRuns({ root, run: only }: PruneOptions): Promise<number> {
  const names = knownRuns(root)
    .map(({ name }) => name)
    .filter((name) => only === undefined || name === only);
  if (names.length === 0) throw only === undefined ? badInput(`there are no runs in ${root}`) : noSuchRun(root, only);
  const known = await findServer(root);
  try {
    if (only === undefined) print(`corpora: ${megabytes(await pruneCorporaOf(root))} of old versions freed`);
    for (const name of names) {
      const folder = join(root, name);
      const pruned = await whileClaimed(folder, "npm run prune", known.isOpen, () => pruneRun(folder));
      print(`${name}: ${pruned ?? "at work, left alone"}`);
    }
    return 0;
  } finally {
    await known.close();
  }
}

/** Corpora that other roots may share keep the versions of runs that are not here. */
function pruneCorporaOf(root: string): Promise<number> {
  const runs = new Set(knownRuns(root).map(({ name }) => name));
  const shared = corporaOf(root) !== corporaOf(root, {});
  return pruneCorpora(corporaOf(root), (name) => shared || runs.has(name));
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

async function pruneRun(folder: string): Promise<string> {
  const { policy, snapshot } = await readConfiguration(folder);
  const log = await openRunLog(folder);
  try {
    const removed = await pruneSnapshots(log, engineOf(policy), snapshot.keep, 0);
    const { sweptRows, bytesFreed } = await maintainLog(folder, { keepVersionsMinutes: 0 });
    return `${removed.length} snapshots and ${sweptRows} orphaned rows removed, ${megabytes(bytesFreed)} of tables freed`;
  } finally {
    log.close();
  }
}

interface KnownServer {
  /** True while a workflow is open; none is when no server answers. */
  readonly isOpen: (workflowId: string) => Promise<boolean>;
  readonly close: () => Promise<void>;
}

/** The root's own server, or the one that the environment names. */
async function findServer(root: string): Promise<KnownServer> {
  const record = await readRecord(join(root, ".server"));
  const access =
    record === null
      ? serverAccess({ fallback: server })
      : ownServerAccess(`${serverHost}:${record.port}`, server.namespace);
  const connection = await connectClient(access.connectionOptions, 2_000).catch(() => null);
  if (connection === null) return { isOpen: () => Promise.resolve(false), close: () => Promise.resolve() };
  const client = new Client({ connection, namespace: access.namespace });
  return { isOpen: (workflowId) => isRunning(client, workflowId), close: () => connection.close() };
}

/** False where the server knows no such workflow; a server that does not answer for it is no reason to prune. */
async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === "RUNNING";
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
