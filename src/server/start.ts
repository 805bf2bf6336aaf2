import { spawn, type ChildProcess } from "node:child_process";
import { open, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findTemporal } from "./executable.ts";
import { serverHost, startDevArguments } from "./flags.ts";
import { freePort, isFree } from "./ports.ts";
import { isReady, keepClosedRuns, waitUntilReady } from "./ready.ts";
import { isAlive, readRecord, removeRecord, writeRecord, type ServerRecord } from "./record.ts";

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
  /** Stops the server, unless another living command started it. */
  stop(): Promise<void>;
}

const namespace = "default";

/**
 * Starts Temporal's dev server on a SQLite file under the root, or adopts the one that already runs there.
 * Its state survives a kill. Throws when a port is taken or no Temporal CLI can be had.
 */
export async function startServer(options: StartServerOptions): Promise<RunningServer> {
  const folder = join(options.root, ".server");
  await mkdir(folder, { recursive: true });
  const adopted = await adopt(folder);
  if (adopted !== null) return adopted;
  const executable = await findTemporal({ environment: options.environment ?? process.env, onProgress: options.onProgress ?? (() => {}) });
  return running(folder, await launchOnPorts(executable, folder, options), false);
}

/** Ports that were picked here may be taken by another program before the server has them: then others are picked. */
async function launchOnPorts(executable: string, folder: string, options: StartServerOptions): Promise<ServerRecord> {
  const attempts = options.port === 0 || options.uiPort === 0 ? 4 : 1;
  for (let attempt = 1; ; attempt++) {
    const ports = await choosePorts(options);
    try {
      return await launch(executable, folder, ports);
    } catch (error) {
      if (attempt >= attempts) throw error;
    }
  }
}

async function adopt(folder: string): Promise<RunningServer | null> {
  const record = await readRecord(folder);
  if (record === null || !isAlive(record.pid)) return null;
  if (!(await isReady(addressOf(record.port), namespace))) return null;
  const ours = isAlive(record.owner) ? record : { ...record, owner: process.pid };
  await writeRecord(folder, ours);
  return running(folder, ours, true);
}

async function choosePorts(options: StartServerOptions): Promise<{ port: number; uiPort: number }> {
  const port = options.port === 0 ? await freePort() : options.port;
  const uiPort = options.uiPort === 0 ? await freePort() : options.uiPort;
  if (!(await isFree(port))) throw new Error(`port ${port} on ${serverHost} is taken by another program: end it, or choose another with --port`);
  if (!(await isFree(uiPort))) throw new Error(`port ${uiPort} on ${serverHost} is taken by another program: end it, or choose another with --ui-port`);
  return { port, uiPort };
}

async function launch(executable: string, folder: string, ports: { port: number; uiPort: number }): Promise<ServerRecord> {
  const logFile = join(folder, "server.log");
  const log = await open(logFile, "a");
  // Its own process group: Ctrl-C must reach the workers first, and the server only through stop().
  const child = spawn(executable, startDevArguments({ databaseFile: join(folder, "temporal.db"), ...ports }), {
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  });
  await log.close();
  const { pid } = child;
  if (pid === undefined) throw new Error(`the Temporal CLI at ${executable} could not be started`);
  child.unref();
  const record = { pid, ...ports, owner: process.pid };
  await writeRecord(folder, record);
  try {
    await waitUntilReady(addressOf(ports.port), namespace, () => isRunning(child));
    await keepClosedRuns(addressOf(ports.port), namespace);
  } catch (error) {
    await stopProcess(pid);
    await removeRecord(folder);
    throw new Error(`${error instanceof Error ? error.message : String(error)}. Its log (${logFile}) ends:\n${await tail(logFile)}`, { cause: error });
  }
  return record;
}

function running(folder: string, record: ServerRecord, adopted: boolean): RunningServer {
  return {
    address: addressOf(record.port),
    uiAddress: `http://${serverHost}:${record.uiPort}`,
    namespace,
    pid: record.pid,
    adopted,
    stop: async () => {
      if (record.owner !== process.pid) return;
      await stopProcess(record.pid);
      await removeRecord(folder);
    },
  };
}

/** Asks politely, insists after ten seconds. */
async function stopProcess(pid: number): Promise<void> {
  for (const [signal, patience] of [["SIGINT", 10_000], ["SIGKILL", 5_000]] as const) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    const deadline = Date.now() + patience;
    while (isAlive(pid) && Date.now() < deadline) await sleep(50);
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function addressOf(port: number): string {
  return `${serverHost}:${port}`;
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-8).join("\n");
}
