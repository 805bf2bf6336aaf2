import { Client, WorkflowNotFoundError } from "@temporalio/client";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { server } from "../../temporal.config.ts";
import { corporaOf } from "../corpus/folder.ts";
import { pruneCorpora } from "../corpus/prune.ts";
import { readConfiguration } from "../curriculum/runFolder.ts";
import { pruneSnapshots, removeUnfinishedSnapshots } from "../curriculum/snapshots.ts";
import { connectClient, ownServerAccess, serverAccess } from "../server/connect.ts";
import { readRecord } from "../server/record.ts";
import { serverHost } from "../server/flags.ts";
import { openRunLog } from "../trajectories/lanceLog.ts";
import { maintainLog } from "../trajectories/maintenance.ts";
import { curriculumId } from "./curriculum.ts";
import { badInput, runCommand } from "./problem.ts";
import { knownRuns } from "./runNames.ts";
import { print } from "../output/terminal.ts";

/** Frees the disk of what runs no longer need: old ordinary snapshots, unfinished ones, orphaned rows, old versions of tables and corpora. */
async function prune(root: string, only: string | undefined): Promise<void> {
  const names = knownRuns(root).map(({ name }) => name).filter((name) => only === undefined || name === only);
  if (names.length === 0) throw badInput(only === undefined ? `there are no runs in ${root}` : `there is no run ${JSON.stringify(only)} in ${root}`);
  const working = await workingRuns(root, names);
  if (only === undefined) print(`corpora: ${megabytes(await pruneCorporaOf(root))} of old versions freed`);
  for (const name of names) {
    if (working.has(name)) print(`${name}: at work, left alone`);
    else print(`${name}: ${await pruneRun(join(root, name))}`);
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
  const { snapshot } = await readConfiguration(folder);
  const log = await openRunLog(folder);
  try {
    const removed = await pruneSnapshots(log, snapshot.keep);
    await removeUnfinishedSnapshots(log);
    const { sweptRows, bytesFreed } = await maintainLog(folder, { keepVersionsMinutes: 0 });
    return `${removed.length} snapshots and ${sweptRows} orphaned rows removed, ${megabytes(bytesFreed)} of tables freed`;
  } finally {
    log.close();
  }
}

/** Runs whose workflow is open on the root's own server, or on the one that the environment names; none when no server answers. */
async function workingRuns(root: string, names: readonly string[]): Promise<Set<string>> {
  const record = await readRecord(join(root, ".server"));
  const access = record === null ? serverAccess({ fallback: server }) : ownServerAccess(`${serverHost}:${record.port}`, server.namespace);
  const connection = await connectClient(access.connectionOptions, 2_000).catch(() => null);
  if (connection === null) return new Set();
  try {
    const client = new Client({ connection, namespace: access.namespace });
    const open = await Promise.all(names.map((name) => isRunning(client, name)));
    return new Set(names.filter((_, index) => open[index]));
  } finally {
    await connection.close();
  }
}

/** False where the server knows no such run; a server that does not answer for it is no reason to prune. */
async function isRunning(client: Client, run: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(curriculumId(run)).describe()).status.name === "RUNNING";
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

await runCommand(async () => {
  const { values } = parseArgs({ options: { root: { type: "string" }, run: { type: "string" } } });
  await prune(values.root ?? process.env["MED_R3_ROOT"] ?? "runs", values.run);
  return 0;
});
