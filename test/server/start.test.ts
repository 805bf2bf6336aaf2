import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Client, Connection } from "@temporalio/client";
import { findTemporal } from "../../src/server/executable.ts";
import { freePort } from "../../src/server/ports.ts";
import { startServer } from "../../src/server/start.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "med-r3-server-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describe("the dev server", () => {
  it("is adopted while it runs, and keeps its workflows through a kill", async () => {
    const first = await startServer({ root, port: 0, uiPort: 0 });
    const second = await startServer({ root, port: 0, uiPort: 0 });
    expect(second).toMatchObject({ adopted: true, address: first.address, pid: first.pid });
    await startWorkflow(first.address);
    process.kill(first.pid, "SIGKILL");
    const third = await startServer({ root, port: 0, uiPort: 0 });
    expect(third.adopted).toBe(false);
    expect(await isRunning(third.address)).toBe(true);
    await third.stop();
  });

  it("says which port is taken and what to do", async () => {
    const port = await freePort();
    const other = await listen(port);
    await expect(startServer({ root, port, uiPort: 0 })).rejects.toThrow(`port ${port} on 127.0.0.1 is taken by another program: end it, or choose another with --port`);
    await new Promise((resolve) => other.close(resolve));
  });

  it("listens on loopback only", async () => {
    const server = await startServer({ root, port: 0, uiPort: 0 });
    const listening = await readFile(`/proc/${server.pid}/net/tcp`, "utf8").catch(() => "");
    const open = listening.split("\n").filter((line) => line.includes(" 0A ")).map((line) => line.trim().split(/\s+/)[1] ?? "");
    const port = Number(server.address.split(":")[1]).toString(16).toUpperCase().padStart(4, "0");
    expect(open.filter((address) => address.endsWith(`:${port}`))).toEqual([`0100007F:${port}`]);
    await server.stop();
  });
});

describe("finding the executable", () => {
  it("refuses a given path that does not run, instead of trying others in silence", async () => {
    await expect(findTemporal({ environment: { MED_R3_TEMPORAL: "/nowhere/temporal" }, onProgress: () => undefined })).rejects.toThrow("MED_R3_TEMPORAL");
  });
});

async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

function startWorkflow(address: string): Promise<unknown> {
  return withClient(address, (client) => client.workflow.start("anything", { workflowId: "kept", taskQueue: "nobody", args: [] }));
}

function isRunning(address: string): Promise<boolean> {
  return withClient(address, async (client) => (await client.workflow.getHandle("kept").describe()).status.name === "RUNNING");
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(port, "127.0.0.1", () => resolve(server));
  });
}
