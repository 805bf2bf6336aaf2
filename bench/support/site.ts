import { Client, Connection } from "@temporalio/client";
import type { DataConverter } from "@temporalio/common";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { pathsVariable } from "../../src/files/pathRoots.ts";
import { freePort } from "../../src/server/ports.ts";
import { startServer, type RunningServer } from "../../src/server/startServer.ts";
import { stopWorker, supervise } from "./supervisedWorker.ts";
import { startWorker, type WorkerProcess } from "./workerProcess.ts";

export interface SiteOptions {
  /** Added to the workers' environment; without paths of its own, inputs may name temporary folders and the project's. */
  readonly environment?: Readonly<Record<string, string>>;
  /** One supervised worker for each; one that serves everything when left out. */
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
  readonly serverPid: number;
  readonly uiAddress: string;
  /** Of the first supervised worker. */
  readonly workerPid: number;
  /** Times that supervised workers were started. */
  readonly workerStarts: number;
  /** Kills every supervised worker; they are started again. */
  killWorker(): void;
  /** Starts another worker, which nobody starts again, with these options of `npm run worker`. */
  addWorker(workerOptions: readonly string[]): WorkerProcess;
  /** Kills the server and starts it again on the same ports and state. */
  killServer(): Promise<void>;
  close(): Promise<void>;
}

const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/** Starts a site in a temporary folder; `close` removes it. Throws with the end of its log when a worker cannot start. */
export async function openSite(
  name: string,
  { roles = ["all"], environment = {}, dataConverter = {} }: SiteOptions = {},
): Promise<Site> {
  const root = await mkdtemp(join(tmpdir(), `med-r3-${name}-`));
  const ports = { port: await freePort(), uiPort: await freePort() };
  let server: RunningServer = await startServer({ root, ...ports });
  const { address } = server;
  const workerEnvironment = { [pathsVariable]: JSON.stringify([tmpdir(), projectFolder]), ...environment };
  const supervised = roles.map((role) =>
    supervise({ root, address, environment: workerEnvironment, options: ["--role", role, "--name", "site"] }),
  );
  const added: WorkerProcess[] = [];
  const stopWorkers = (): Promise<unknown> =>
    Promise.all([...supervised.map((worker) => worker.stop()), ...added.map(stopWorker)]);
  const remove = async (): Promise<void> => {
    // Nothing of it is kept: it need not take the second that it ends in order.
    if (isAlive(server.pid)) process.kill(server.pid, "SIGKILL");
    await server.stop();
    await rm(root, { recursive: true, force: true });
  };
  try {
    await Promise.all(supervised.map((worker) => worker.ready));
  } catch (error) {
    await stopWorkers();
    await remove();
    throw error;
  }
  const connection = await Connection.connect({ address });
  return {
    root,
    address,
    client: new Client({ connection, dataConverter }),
    get serverPid() {
      return server.pid;
    },
    uiAddress: server.uiAddress,
    get workerPid() {
      return supervised[0]?.pid() ?? 0;
    },
    get workerStarts() {
      return supervised.reduce((sum, worker) => sum + worker.starts(), 0);
    },
    killWorker: () => supervised.forEach((worker) => worker.kill()),
    addWorker: (options) => {
      const worker = startWorker({ root, address, environment: workerEnvironment, options });
      added.push(worker);
      return worker;
    },
    killServer: async () => {
      process.kill(server.pid, "SIGKILL");
      while (isAlive(server.pid)) await sleep(10);
      server = await startServer({ root, ...ports });
    },
    close: async () => {
      await stopWorkers();
      await connection.close();
      await remove();
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
