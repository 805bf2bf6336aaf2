import { Client, Connection } from "@temporalio/client";
import type { DataConverter } from "@temporalio/common";
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../../src/server/ports.ts";
import { startServer, type RunningServer } from "../../src/server/start.ts";

const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/** Milliseconds after which a worker that ended is started again. */
const restartDelay = 100;

export interface SiteOptions {
  /** Added to the workers' environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** One worker process for each; one that serves everything when left out. */
  readonly roles?: readonly ("all" | "cpu" | "gpu")[];
  /** Of the client: as the workers' environment asks for. */
  readonly dataConverter?: DataConverter;
}

/** A server and supervised workers on a storage root of their own, to be measured and disturbed. */
export interface Site {
  readonly root: string;
  /** host:port of the server. */
  readonly address: string;
  readonly client: Client;
  /** Of the first worker. */
  readonly workerPid: number;
  /** Times that workers were started. */
  readonly workerStarts: number;
  /** Kills every worker; they are started again. */
  killWorker(): void;
  /** Kills the server and starts it again on the same ports and state. */
  killServer(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a site in a temporary folder; `close` removes it. */
export async function openSite(name: string, options: SiteOptions = {}): Promise<Site> {
  const root = await mkdtemp(join(tmpdir(), `med-r3-${name}-`));
  const ports = { port: await freePort(), uiPort: await freePort() };
  let server: RunningServer = await startServer({ root, ...ports });
  const workers = (options.roles ?? ["all"]).map((role) => superviseWorker({ root, address: server.address, role, environment: options.environment ?? {} }));
  await Promise.all(workers.map((worker) => worker.ready));
  const connection = await Connection.connect({ address: server.address });
  return {
    root,
    address: server.address,
    client: new Client({ connection, dataConverter: options.dataConverter ?? {} }),
    get workerPid() {
      return workers[0]?.pid() ?? 0;
    },
    get workerStarts() {
      return workers.reduce((sum, worker) => sum + worker.starts(), 0);
    },
    killWorker: () => workers.forEach((worker) => worker.kill()),
    killServer: async () => {
      process.kill(server.pid, "SIGKILL");
      while (isAlive(server.pid)) await sleep(10);
      server = await startServer({ root, ...ports });
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.stop()));
      await connection.close();
      await server.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

interface Supervised {
  readonly ready: Promise<void>;
  pid(): number;
  starts(): number;
  kill(): void;
  stop(): Promise<void>;
}

interface WorkerSettings {
  readonly root: string;
  readonly address: string;
  readonly role: string;
  readonly environment: Readonly<Record<string, string>>;
}

function superviseWorker({ root, address, role, environment }: WorkerSettings): Supervised {
  let stopping = false;
  let starts = 0;
  let announce = (): void => undefined;
  const ready = new Promise<void>((resolve) => (announce = resolve));
  let ended: Promise<unknown> = Promise.resolve();
  const launch = (): ChildProcess => {
    starts++;
    const log = openSync(join(root, "worker.log"), "a");
    const commandLine = ["--import", "tsx", "workers/main.ts", "--role", role, "--root", root, "--address", address, "--name", "site"];
    const started = spawn(process.execPath, commandLine, { cwd: projectFolder, env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", log] });
    closeSync(log);
    started.stdout?.on("data", (chunk: Buffer) => chunk.toString().includes("worker ready") && announce());
    ended = new Promise((resolve) => started.once("exit", resolve));
    started.once("exit", () => {
      setTimeout(() => {
        if (!stopping) child = launch();
      }, restartDelay);
    });
    return started;
  };
  let child = launch();
  return {
    ready,
    pid: () => child.pid ?? 0,
    starts: () => starts,
    kill: () => void child.kill("SIGKILL"),
    stop: async () => {
      stopping = true;
      child.kill("SIGTERM");
      await Promise.race([ended, sleep(15_000, undefined, { ref: false })]);
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
