import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Problem } from "./problem.ts";

export interface WorkerSettings {
  readonly root: string;
  readonly address: string;
  readonly namespace: string;
  readonly onRestart: (message: string) => void;
}

export interface SupervisedWorkers {
  /** Rejects when the workers die again and again; never resolves. */
  readonly failed: Promise<never>;
  /** Lets running activities end, then stops. */
  stop(): Promise<void>;
}

const projectFolder = fileURLToPath(new URL("../..", import.meta.url));
const deathsBeforeGivingUp = 5;
const minute = 60_000;

/** Runs the workers in a process of their own and starts them again when they die. */
export function superviseWorkers(settings: WorkerSettings): SupervisedWorkers {
  let stopping = false;
  let child = launch(settings);
  const deaths: number[] = [];

  const supervise = async (): Promise<never> => {
    for (;;) {
      const how = await ended(child);
      if (stopping) return new Promise<never>(() => undefined);
      const now = Date.now();
      deaths.push(now);
      if (deaths.filter((time) => now - time < minute).length >= deathsBeforeGivingUp) {
        throw new Problem(`The workers ended ${deathsBeforeGivingUp} times within a minute (${how}). Their log, ${logFile(settings.root)}, ends:\n${logTail(settings.root)}`, 1);
      }
      settings.onRestart(`The workers ended (${how}); starting them again. Nothing is lost.`);
      await sleep(100);
      child = launch(settings);
    }
  };

  return {
    failed: supervise(),
    stop: async () => {
      stopping = true;
      await stopChild(child);
    },
  };
}

function launch(settings: WorkerSettings): ChildProcess {
  mkdirSync(join(settings.root, ".server"), { recursive: true });
  const log = openSync(logFile(settings.root), "a");
  const workerArguments = ["--role", "all", "--address", settings.address, "--namespace", settings.namespace, "--root", settings.root, "--name", "laptop"];
  // Its own process group, so that Ctrl-C reaches the workers through stop() alone; the channel tells them when we die.
  const child = spawn(process.execPath, ["--import", "tsx", join("workers", "main.ts"), ...workerArguments], {
    cwd: projectFolder,
    detached: true,
    stdio: ["ignore", log, log, "ipc"],
  });
  closeSync(log);
  return child;
}

function ended(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = ended(child);
  child.kill("SIGTERM");
  const patience = new AbortController();
  const late = sleep(25_000, undefined, { signal: patience.signal }).then(() => child.kill("SIGKILL"), () => undefined);
  await exit;
  patience.abort();
  await late;
}

function logFile(root: string): string {
  return join(root, ".server", "worker.log");
}

function logTail(root: string): string {
  return readFileSync(logFile(root), "utf8").trimEnd().split("\n").slice(-15).join("\n");
}
