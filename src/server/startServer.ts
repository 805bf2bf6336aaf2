import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "../files/lock.ts";
import { ownerOnlyFolder } from "../files/ownerOnly.ts";
import { findTemporal } from "./executable.ts";
import { serverHost, startDevArguments } from "./flags.ts";
import { serverLog, startKeeper, acquireServerLease, type ServerLease } from "./keep.ts";
import { freePort, isFree, portBlockedByBrowsers, secretListener } from "./ports.ts";
import { isReady, keepClosedRuns, waitUntilReady } from "./ready.ts";
import { ended, identify, lives, ProcessId, stopProcess } from "./processes.ts";
import { readRecord, removeRecord, writeRecord, type ServerRecord } from "./serverRecord.ts";
import { checkTemporaryFolder } from "./temporaryFolder.ts";
import { messageOf } from "../domain/messageOf.ts";

export interface StartServerOptions {
  /** Storage root; the server lives in its `.server` folder. */
  readonly root: string;
  /** gRPC port; 0 picks a free one. */
  readonly port: number;
  /** Port of the Web UI; 0 picks a free one. */
  readonly uiPort: number;
  readonly environment?: NodeJS.ProcessEnv;
  readonly onProgress?: (line: string) => void;
}

export interface RunningServer {
  /** host:port of the gRPC service. */
  readonly address: string;
  readonly uiAddress: string;
  readonly namespace: string;
  readonly pid: number;
  /** True when the server ran already. */
  readonly adopted: boolean;
  /** This command's number among those that use the server, from 1. */
  readonly number: number;
  /** Resolves when the server has ended. */
  readonly ended: Promise<void>;
  /** Leaves the server, which stops when no other command uses it. Returns how many others do. */
  stop(): Promise<number>;
}

const namespace = "default";
/** Milliseconds that a keeper may take to stop its server. */
const stopTime = 15_000;

/** The folder of a root's server: its record, log, database and the workflow bundles. */
export function serverFolder(root: string): string {
  return join(root, ".server");
}

/**
 * Starts Temporal's dev server on a SQLite file under the root, or adopts the one that already runs there.
 * It runs as long as a command uses it, and no longer, however those end; its state survives a kill. Throws when a port is
 * taken, no Temporal CLI can be had, or the folder for temporary files cannot be used.
 */
export async function startServer(options: StartServerOptions): Promise<RunningServer> {
  const folder = serverFolder(options.root);
  const { onProgress = () => undefined } = options;
  checkTemporaryFolder();
  await ownerOnlyFolder(folder);
  const lock = {
    holder: JSON.stringify(identify(process.pid)),
    isAlive: holderLives,
    onWait: () => onProgress("Another command is starting the server of this root; waiting for it …"),
  };
  // Two servers on one database would spoil it.
  return withLock(join(folder, "starting.lock"), lock, async () => {
    const before = await readRecord(folder);
    const lease = before === null ? null : await acquireServerLease(before);
    if (before !== null && lease !== null && (await isReady(addressOf(before.port), namespace)))
      return running(before, lease, true);
    await lease?.leave();
    if (before !== null) await endLeftover(folder, before);
    const executable = await findTemporal({
      environment: options.environment ?? process.env,
      onProgress,
      spareFolder: join(folder, "cli"),
    });
    return launchOnPorts(executable, folder, options);
  });
}

function holderLives(holder: string): boolean {
  return lives(ProcessId.parse(JSON.parse(holder)));
}

/** A keeper that is stopping its server is waited for; a server whose keeper is gone is stopped. */
async function endLeftover(folder: string, { server, keeper }: ServerRecord): Promise<void> {
  if (lives(keeper)) await ended(server, stopTime);
  await stopProcess(server);
  await stopProcess(keeper);
  await removeRecord(folder);
}

/** Ports that were picked here may be taken by another program before the server has them: then others are picked. */
async function launchOnPorts(executable: string, folder: string, options: StartServerOptions): Promise<RunningServer> {
  const attempts = 4;
  for (let attempt = 1; ; attempt++) {
    const ports = await choosePorts(options);
    try {
      return await launch(executable, folder, ports);
    } catch (error) {
      const picked = options.port === 0 || options.uiPort === 0 || String(error).includes("can't set metrics port");
      if (!picked || attempt >= attempts) throw error;
    }
  }
}

async function choosePorts(options: StartServerOptions): Promise<{ port: number; uiPort: number }> {
  const port = options.port === 0 ? await freePort() : options.port;
  const uiPort = options.uiPort === 0 ? await freePort() : options.uiPort;
  if (!(await isFree(port)))
    throw new Error(`port ${port} on ${serverHost} is taken by another program: end it, or choose another with --port`);
  if (!(await isFree(uiPort)))
    throw new Error(
      `port ${uiPort} on ${serverHost} is taken by another program: end it, or choose another with --ui-port`,
    );
  return { port, uiPort };
}

async function launch(
  executable: string,
  folder: string,
  ports: { port: number; uiPort: number },
): Promise<RunningServer> {
  const ui = await secretListener();
  const metricsPort = await portBlockedByBrowsers();
  const commandLine = startDevArguments({ databaseFile: databaseFileOf(folder), port: ports.port, ui, metricsPort });
  const record = await startKeeper({ executable, commandLine, ports, ui, folder });
  await writeRecord(folder, record);
  const lease = await acquireServerLease(record);
  let gone = lease === null;
  void lease?.closed.then(() => (gone = true));
  try {
    await waitUntilReady(addressOf(ports.port), namespace, () => !gone);
    await keepClosedRuns(addressOf(ports.port), namespace);
    if (lease === null) throw new Error("the Temporal server ended while starting");
    return running(record, lease, false);
  } catch (error) {
    await lease?.leave();
    throw new Error(`${messageOf(error)}. Its log (${serverLog(folder)}) ends:\n${await tail(serverLog(folder))}`, {
      cause: error,
    });
  }
}

/** The CLI makes a web address of the database's file, in which these signs would name another file: then it is named from the folder that the server runs in. */
function databaseFileOf(folder: string): string {
  const name = "temporal.db";
  return /[%#?]/u.test(folder) ? name : join(folder, name);
}

function running(record: ServerRecord, lease: ServerLease, adopted: boolean): RunningServer {
  return {
    address: addressOf(record.port),
    uiAddress: `http://${serverHost}:${record.uiPort}`,
    namespace,
    pid: record.server.pid,
    adopted,
    number: lease.number,
    ended: lease.closed,
    stop: () => lease.leave(),
  };
}

function addressOf(port: number): string {
  return `${serverHost}:${port}`;
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-8).join("\n");
}
