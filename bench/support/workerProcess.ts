import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

export interface WorkerSettings {
  readonly root: string;
  /** host:port of the server. */
  readonly address: string;
  /** Further options of `npm run worker`. */
  readonly options: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** A worker in a process of its own. */
export interface WorkerProcess {
  readonly pid: number;
  /** Resolves when it serves; rejects with the end of its log when it ends before. */
  readonly ready: Promise<void>;
  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
}

export function startWorker({ root, address, options, environment }: WorkerSettings): WorkerProcess {
  const logFile = join(root, "worker.log");
  const log = openSync(logFile, "a");
  const commandLine = [
    "src/launch/launch.mjs",
    "workers/main.ts",
    "--root",
    root,
    "--local",
    "--address",
    address,
    ...options,
  ];
  const child = spawn(process.execPath, commandLine, {
    cwd: projectFolder,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", log, "ipc"],
  });
  closeSync(log);
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const serves = new Promise<void>((resolve) => {
    child.stdout?.on("data", (chunk: Buffer) => chunk.toString().includes("worker ready") && resolve());
  });
  const ready = Promise.race([
    serves,
    ended.then((code) =>
      Promise.reject(new Error(`a worker ended before it was ready (exit code ${code}): ${lastLines(logFile)}`)),
    ),
  ]);
  // Who does not wait for it sees how it ended in `ended`.
  ready.catch(() => undefined);
  return { pid: child.pid ?? 0, ready, ended, kill: (signal) => void child.kill(signal) };
}

function lastLines(file: string): string {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-15).join("\n");
}
