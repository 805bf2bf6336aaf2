import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Client, Connection } from "@temporalio/client";
import { findTemporal } from "../../src/server/executable.ts";
import { freePort } from "../../src/server/ports.ts";
import { readRecord } from "../../src/server/serverRecord.ts";
import { startServer } from "../../src/server/startServer.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "med-r3-server-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const anyPorts = { port: 0, uiPort: 0 };

describe("the dev server", () => {
  it("is adopted while it runs, and keeps its workflows through a kill", async () => {
    const first = await startServer({ root, ...anyPorts });
    const second = await startServer({ root, ...anyPorts });
    expect(second).toMatchObject({ adopted: true, address: first.address, pid: first.pid });
    await startWorkflow(first.address);
    process.kill(first.pid, "SIGKILL");
    await first.ended;
    const third = await startServer({ root, ...anyPorts });
    expect(third.adopted).toBe(false);
    expect(await isRunning(third.address)).toBe(true);
    await third.stop();
  });

  it("says which port is taken and what to do", async () => {
    const port = await freePort();
    const other = await listen(port);
    await expect(startServer({ root, port, uiPort: 0 })).rejects.toThrow(
      `port ${port} on 127.0.0.1 is taken by another program: end it, or choose another with --port`,
    );
    await new Promise((resolve) => other.close(resolve));
  });

  it("listens on loopback only", async () => {
    const server = await startServer({ root, ...anyPorts });
    const listening = await readFile(`/proc/${server.pid}/net/tcp`, "utf8").catch(() => "");
    const open = listening
      .split("\n")
      .filter((line) => line.includes(" 0A "))
      .map((line) => line.trim().split(/\s+/)[1] ?? "");
    const port = Number(server.address.split(":")[1]).toString(16).toUpperCase().padStart(4, "0");
    expect(open.filter((address) => address.endsWith(`:${port}`))).toEqual([`0100007F:${port}`]);
    await server.stop();
  });
});

describe("the dev server's database", () => {
  it("lies in its root, whatever this is called, and nowhere else", async () => {
    const names = ["a#b", "a?b", "a%20b", "Jörg's [runs]"];
    const servers = await Promise.all(names.map((name) => startServer({ root: join(root, name), ...anyPorts })));
    await Promise.all(servers.map((server) => server.stop()));
    expect((await readdir(root)).toSorted()).toEqual(names.toSorted());
    for (const name of names) expect(await readdir(join(root, name, ".server"))).toContain("temporal.db");
  });
});

describe("who stops the dev server", () => {
  it("the last to leave, whoever started it", async () => {
    const first = await startServer({ root, ...anyPorts });
    const second = await startServer({ root, ...anyPorts });
    expect([first.number, second.number]).toEqual([1, 2]);
    expect(await first.stop()).toBe(1);
    expect(processesOf(root)).not.toEqual([]);
    expect(await second.stop()).toBe(0);
    expect(await left(root)).toEqual([]);
    expect(existsSync(join(root, ".server", "server.json"))).toBe(false);
  });

  it("commands that start at the same moment share one", async () => {
    const servers = await Promise.all([1, 2, 3].map(() => startServer({ root, ...anyPorts })));
    expect(new Set(servers.map(({ pid }) => pid)).size).toBe(1);
    expect(servers.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    for (const server of servers) await server.stop();
    expect(await left(root)).toEqual([]);
  });

  it("nobody, when the command that used it is killed: it ends by itself", async () => {
    const command = await holdInProcess();
    command.kill("SIGKILL");
    expect(await left(root)).toEqual([]);
  });

  it("nobody, when its keeper is killed", async () => {
    const server = await startServer({ root, ...anyPorts });
    process.kill((await readRecord(join(root, ".server")))?.keeper.pid ?? 0, "SIGKILL");
    await server.ended;
    expect(await left(root)).toEqual([]);
    const next = await startServer({ root, ...anyPorts });
    expect(next.adopted).toBe(false);
    await next.stop();
  });

  it("not a command that is killed while another one stays", async () => {
    const command = await holdInProcess();
    const server = await startServer({ root, ...anyPorts });
    command.kill("SIGKILL");
    await new Promise((resolve) => command.once("close", resolve));
    expect(await server.stop()).toBe(0);
  });
});

describe("finding the executable", () => {
  it("refuses a given path that does not run, instead of trying others in silence", async () => {
    await expect(
      findTemporal({ environment: { MED_R3_TEMPORAL: "/nowhere/temporal" }, onProgress: () => undefined }),
    ).rejects.toThrow("MED_R3_TEMPORAL");
  });
});

/** Command lines of the processes that a root's server consists of: they name it. */
function processesOf(root: string): string[] {
  return execFileSync("ps", ["-eo", "args", "-ww"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(root) && !line.startsWith("ps "));
}

/** What is left of them after a while. */
async function left(root: string): Promise<string[]> {
  const deadline = Date.now() + 30_000;
  while (processesOf(root).length > 0 && Date.now() < deadline) await sleep(100);
  return processesOf(root);
}

/** A process that starts the root's server, and uses it until it is killed. */
async function holdInProcess(): Promise<ReturnType<typeof spawn>> {
  const module = new URL("../../src/server/startServer.ts", import.meta.url).href;
  const program = `const { startServer } = await import(${JSON.stringify(module)}); await startServer({ root: process.argv[1], port: 0, uiPort: 0 }); console.log("started"); setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program, root], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve) =>
    child.stdout.on("data", (text: Buffer) => text.toString().includes("started") && resolve()),
  );
  return child;
}

async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

function startWorkflow(address: string): Promise<unknown> {
  return withClient(address, (client) =>
    client.workflow.start("anything", { workflowId: "kept", taskQueue: "nobody", args: [] }),
  );
}

function isRunning(address: string): Promise<boolean> {
  return withClient(
    address,
    async (client) => (await client.workflow.getHandle("kept").describe()).status.name === "RUNNING",
  );
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(port, "127.0.0.1", () => resolve(server));
  });
}
