import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { projectFolder } from "./command.ts";

/** However a command ends, no process that names its root may stay. */
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "med-r3-ends-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const ends: readonly (readonly [string, (command: ChildProcess) => void])[] = [
  ["Ctrl-C in a terminal, which sends it to all", ({ pid = 0 }) => process.kill(-pid, "SIGINT")],
  ["a terminal that is closed", ({ pid = 0 }) => process.kill(-pid, "SIGHUP")],
  ["TERM to npm alone, as from a service manager", (command) => command.kill("SIGTERM")],
  ["TERM to the whole group, as from timeout", ({ pid = 0 }) => process.kill(-pid, "SIGTERM")],
  ["kill -9 of npm", (command) => command.kill("SIGKILL")],
  ["kill -9 of the whole group", ({ pid = 0 }) => process.kill(-pid, "SIGKILL")],
  ["a pipe that is closed", (command) => command.stdout?.destroy()],
];

describe("npm run serve-ui leaves no server and no worker after", () => {
  it.each(ends)("%s", async (_, end) => {
    const command = spawn("npm", ["run", "-s", "serve-ui", "--", "--root", root, "--port", "0", "--ui-port", "0"], {
      cwd: projectFolder,
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    await new Promise<void>((resolve) =>
      command.stdout.on("data", (text: Buffer) => text.toString().includes("Temporal UI:") && resolve()),
    );
    expect(processesOf(root).length).toBeGreaterThanOrEqual(3);
    end(command);
    // A closed pipe is noticed at the next word.
    if (command.stdout.destroyed) workerOf(root).forEach((pid) => process.kill(pid, "SIGKILL"));
    expect(await left(root)).toEqual([]);
  });
});

function processesOf(folder: string): string[] {
  return execFileSync("ps", ["-eo", "pid,args", "-ww"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(folder));
}

function workerOf(folder: string): number[] {
  return processesOf(folder)
    .filter((line) => line.includes("workers/main.ts"))
    .map((line) => Number.parseInt(line, 10));
}

async function left(folder: string): Promise<string[]> {
  const deadline = Date.now() + 90_000;
  while (processesOf(folder).length > 0 && Date.now() < deadline) await sleep(200);
  return processesOf(folder);
}

describe("npm test leaves no tool after", () => {
  it.each(ends.slice(2, 5))("%s", async (_, end) => {
    const command = spawn("npm", ["-s", "test"], {
      cwd: projectFolder,
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const types = join(projectFolder, "node_modules", "typescript");
    await new Promise<void>((resolve) =>
      command.stdout.on("data", (text: Buffer) => text.toString().includes("── Types ──") && resolve()),
    );
    while (processesOf(types).length === 0) await sleep(50);
    end(command);
    expect(await left(types)).toEqual([]);
  });
});
