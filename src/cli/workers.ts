import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectFolder } from "../launch/programs.mjs";
import { makeFolders } from "../files/makeFolders.ts";
import { ownServerEnvironment } from "../server/serverEnvironment.ts";
import { serverFolder } from "../server/startServer.ts";
import { countDeaths, type Death } from "./deaths.ts";
import { CliError } from "./cliError.ts";

export interface WorkerSettings {
  readonly root: string;
  readonly address: string;
  readonly namespace: string;
  /** Name of the gpu worker's own queue. */
  readonly name: string;
  readonly onRestart: (message: string) => void;
}

export interface SupervisedWorkers {
  /** Rejects when the workers die again and again without getting further; never resolves. */
  readonly failed: Promise<never>;
  /** How far the work is, in any words: deaths count together as long as it stays the same. */
  readonly noteProgress: (reached: string) => void;
  /** Lets running activities end, then stops. */
  stop(): Promise<void>;
}

/** A process of workers and where its part of the log begins. */
interface Launched {
  readonly child: ChildProcess;
  readonly logStart: number;
}

const launcher = join(projectFolder, "src", "launch", "launch.mjs");

/** Runs the workers in a process of their own and starts them again when they die. */
export function superviseWorkers(settings: WorkerSettings): SupervisedWorkers {
  let stopping = false;
  let reached = "";
  let current = launch(settings);
  const deaths = countDeaths();

  const supervise = async (): Promise<never> => {
    for (;;) {
      const { code, signal, error } = await ended(current.child);
      if (stopping) return new Promise<never>(() => undefined);
      const log = logSince(settings.root, current.logStart);
      const death: Death = { code, signal, lastWords: error ?? lastWords(log), reached };
      const how = describe(death);
      if (deaths.add(death))
        throw new CliError(
          `The workers ended ${deaths.count()} times in the same way (${how}). Their log, ${logFile(settings.root)}, ends:\n${log.slice(-15).join("\n")}`,
          1,
        );
      settings.onRestart(`The workers ended (${how}); starting them again. Nothing is lost.`);
      await sleep(100);
      current = launch(settings);
    }
  };

  return {
    failed: supervise(),
    noteProgress: (told) => {
      reached = told;
    },
    stop: async () => {
      stopping = true;
      await stopChild(current.child);
    },
  };
}

function launch(settings: WorkerSettings): Launched {
  makeFolders(serverFolder(settings.root));
  const log = openSync(logFile(settings.root), "a");
  const logStart = fstatSync(log).size;
  const workerArguments = [
    "--role",
    "all",
    "--local",
    "--address",
    settings.address,
    "--namespace",
    settings.namespace,
    "--root",
    settings.root,
    "--name",
    settings.name,
  ];
  // Its own process group, so that Ctrl-C reaches the workers through stop() alone; the channel tells them when we die.
  const child = spawn(process.execPath, [launcher, "workers/main.ts", ...workerArguments], {
    cwd: projectFolder,
    detached: true,
    env: ownServerEnvironment(process.env),
    stdio: ["ignore", log, log, "ipc"],
  });
  closeSync(log);
  return { child, logStart };
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started. */
  readonly error?: string;
}

function ended(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ code: null, signal: null, error: error.message }));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}

function describe({ code, signal, lastWords }: Death): string {
  const how = signal === null ? (code === null ? "not started" : `exit code ${code}`) : `signal ${signal}`;
  return lastWords === "" ? how : `${how}: ${lastWords.slice(0, 300)}`;
}

/** The last line that tells a cause, below which Node may write a stack and its version. */
function lastWords(log: readonly string[]): string {
  return (
    log.findLast((line) => /error|fatal|panic|refused|answers/iu.test(line) && !/^\s+at /u.test(line)) ??
    log.at(-1) ??
    ""
  );
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = ended(child);
  child.kill("SIGTERM");
  const patience = new AbortController();
  const late = sleep(25_000, undefined, { signal: patience.signal }).then(
    () => child.kill("SIGKILL"),
    () => undefined,
  );
  await exit;
  patience.abort();
  await late;
}

function logFile(root: string): string {
  return join(serverFolder(root), "worker.log");
}

/** Lines that the newest process wrote, without empty ones. */
function logSince(root: string, start: number): string[] {
  return readFileSync(logFile(root))
    .subarray(start)
    .toString("utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
}
