import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { ownServerEnvironment } from "./serverEnvironment.ts";
import { serverHost } from "./flags.ts";
import type { Listener } from "./ports.ts";
import { identify } from "./processes.ts";
import { recordFile, type ServerRecord } from "./serverRecord.ts";

/** A place among the commands that use a server; while one is held, the server stays. */
export interface ServerLease {
  /** The lowest that was free, from 1; no two living commands have the same. */
  readonly number: number;
  /** Resolves when the server is gone. */
  readonly closed: Promise<void>;
  /** Gives the place up. Returns how many other commands still use the server; with 0 it has been stopped. */
  leave(): Promise<number>;
}

const keeperFile = fileURLToPath(new URL("keeper.mjs", import.meta.url));
const Started = z.object({ pid: z.number().int(), port: z.number().int() });
const Greeting = z.object({ number: z.number().int() });
const Farewell = z.object({ others: z.number().int() });

export interface KeptServer {
  readonly executable: string;
  readonly commandLine: readonly string[];
  readonly ports: { readonly port: number; readonly uiPort: number };
  /** Where the server has its UI, which the keeper shows on `ports.uiPort` to pages of its own alone. */
  readonly ui: Listener;
  /** Where record, log and database lie, and the server runs. */
  readonly folder: string;
}

/** The file that the server and its keeper write to. */
export function serverLog(folder: string): string {
  return join(folder, "server.log");
}

/** Starts a keeper with its server, in a process group of its own: Ctrl-C reaches neither. Someone has to take a place soon. */
export async function startKeeper({ executable, commandLine, ports, ui, folder }: KeptServer): Promise<ServerRecord> {
  const token = randomBytes(16).toString("hex");
  const log = await open(serverLog(folder), "a");
  const order = JSON.stringify({
    executable,
    commandLine,
    recordFile: recordFile(folder),
    token,
    ui: { inner: ui, host: serverHost, port: ports.uiPort },
  });
  const child = spawn(process.execPath, [keeperFile, order], {
    cwd: folder,
    detached: true,
    env: ownServerEnvironment(process.env),
    stdio: ["ignore", log.fd, log.fd, "ipc"],
  });
  await log.close();
  const told = await new Promise<unknown>((resolve, reject) => {
    child.once("message", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server's keeper ended at once (exit code ${code})`)));
  });
  child.removeAllListeners();
  child.disconnect();
  child.unref();
  const { pid, port } = Started.parse(told);
  const [server, keeper] = [identify(pid), identify(child.pid ?? 0)];
  if (server === null || keeper === null) throw new Error(`the Temporal CLI at ${executable} ended at once`);
  return { server, ...ports, keeper: { ...keeper, port, token } };
}

/** Takes a place at a running server; null when its keeper is gone, or about to stop it. */
export function acquireServerLease({ keeper }: ServerRecord): Promise<ServerLease | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: serverHost, port: keeper.port }, () => socket.write(`${keeper.token}\n`));
    const closed = new Promise<void>((done) => socket.once("close", () => done()));
    void closed.then(() => resolve(null));
    // Its end is told by "close".
    socket.on("error", () => undefined);
    socket
      .setEncoding("utf8")
      .once("data", (line: string) => resolve(leaseOf(socket, Greeting.parse(JSON.parse(line)).number, closed)));
  });
}

function leaseOf(socket: Socket, number: number, closed: Promise<void>): ServerLease {
  let others = 0;
  socket.on("data", (line: string) => {
    ({ others } = Farewell.parse(JSON.parse(line)));
  });
  // A command that has nothing else to do may end; the system then closes the connection.
  socket.unref();
  return {
    number,
    closed,
    leave: async () => {
      socket.ref();
      socket.end();
      await closed;
      return others;
    },
  };
}
