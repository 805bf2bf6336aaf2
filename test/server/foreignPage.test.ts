import { Client, Connection } from "@temporalio/client";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  gotThrough,
  requestsOfPage,
  requestsOfReboundPage,
  sendAsPage,
  type PageRequest,
} from "../../bench/support/safety/foreignPage.ts";
import { listeningPorts } from "../../bench/support/safety/listeningPorts.ts";
import { blockedPorts } from "../../src/server/ports.ts";
import { readRecord } from "../../src/server/serverRecord.ts";
import { serverFolder, startServer, type RunningServer } from "../../src/server/startServer.ts";

let root: string;
let server: RunningServer;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "med-r3-page-"));
  process.env["MED_R3_UI_HOSTS"] = "ops.example, ward.example";
  server = await startServer({ root, port: 0, uiPort: 0 });
  // On a busy machine the server's own UI answers 503 for a moment after its start.
  await vi.waitUntil(async () => (await fetch(server.uiAddress)).status === 200, { timeout: 20_000, interval: 200 });
});
afterAll(async () => {
  delete process.env["MED_R3_UI_HOSTS"];
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

/** Of the server and of its keeper, which shows the UI. */
async function allPorts(): Promise<number[]> {
  const record = await readRecord(serverFolder(root));
  return [...(await listeningPorts(server.pid)), ...(await listeningPorts(record?.keeper.pid ?? 0))];
}

describe.skipIf(process.platform !== "linux")("a web page of another site", () => {
  it.each([
    ["as it is", requestsOfPage],
    ["whose name is made to lead to this machine", requestsOfReboundPage],
  ])("%s starts no workflow and reads nothing, whatever port it asks", async (_, requestsOf) => {
    const ports = await allPorts();
    for (const address of [`http://${server.address}`, server.uiAddress])
      expect(ports).toContain(Number(new URL(address).port));
    expect(ports.length).toBeGreaterThan(4);
    const answers = await Promise.all(
      requestsOf(ports, "from-a-page").map(async (request) => ({ request, answer: await sendAsPage(request) })),
    );
    expect(answers.filter(({ request, answer }) => gotThrough(request, answer))).toEqual([]);
    const connection = await Connection.connect({ address: server.address });
    const { count } = await new Client({ connection }).workflow.count('WorkflowId = "from-a-page"');
    await connection.close();
    expect(count).toBe(0);
  });
});

it.each(blockedPorts)("Node's fetch, which keeps the list of browsers, does not ask port %i", async (port) => {
  await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toMatchObject({ cause: { message: "bad port" } });
});

describe("the UI", () => {
  const get = async (host: string, origin: string | null = null): Promise<number | null> => {
    const port = Number(new URL(server.uiAddress).port);
    const request: PageRequest = {
      port,
      path: "/api/v1/namespaces",
      method: "GET",
      host: host.replace("PORT", String(port)),
      origin: origin?.replace("PORT", String(port)) ?? null,
      contentType: null,
    };
    return (await sendAsPage(request)).status;
  };

  it.each([
    "localhost:PORT",
    "127.0.0.1:PORT",
    "[::1]:PORT",
    "127.3.2.1",
    "LocalHost",
    "ops.example",
    "ward.example:8443",
  ])("answers who calls it %s", async (host) => {
    expect(await get(host)).toBe(200);
  });

  it.each([
    ["localhost:PORT", "http://localhost:PORT"],
    ["ops.example", "https://ops.example"],
  ])("answers its own pages on %s", async (host, origin) => {
    expect(await get(host, origin)).toBe(200);
  });

  it.each([
    ["localhost:PORT", "http://localhost:8080"],
    ["localhost:PORT", "http://127.0.0.1:PORT"],
    ["localhost:PORT", "null"],
    ["other.example", null],
    ["127.0.0.1.example", null],
    ["127.0.0", null],
    ["[::1", null],
  ])("refuses %s asked by a page of %s", async (host, origin) => {
    expect(await get(host, origin)).toBe(403);
  });
});
