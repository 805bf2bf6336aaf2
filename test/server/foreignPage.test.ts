import { Client, Connection } from "@temporalio/client";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requestsOfPage, sendAsPage } from "../../bench/support/safety/foreignPage.ts";
import { listeningPorts } from "../../bench/support/safety/listeningPorts.ts";
import { startServer, type RunningServer } from "../../src/server/start.ts";

let root: string;
let server: RunningServer;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "med-r3-page-"));
  server = await startServer({ root, port: 0, uiPort: 0 });
});
afterAll(async () => {
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

describe.skipIf(process.platform !== "linux")("a web page of another site", () => {
  it("starts no workflow and reads nothing, whatever port of the server it asks", async () => {
    const ports = await listeningPorts(server.pid);
    expect(ports).toContain(Number(server.address.split(":")[1]));
    expect(ports.length).toBeGreaterThan(2);
    const requests = requestsOfPage(ports, "from-a-page");
    const answers = await Promise.all(requests.map(sendAsPage));
    const done = answers.filter(({ status, readable }, index) => readable || (requests[index]?.method === "POST" && status !== null && status < 400));
    expect(done).toEqual([]);
    const connection = await Connection.connect({ address: server.address });
    const { count } = await new Client({ connection }).workflow.count('WorkflowId = "from-a-page"');
    await connection.close();
    expect(count).toBe(0);
  });

  it("leaves the UI to its own pages", async () => {
    expect((await fetch(`${server.uiAddress}/api/v1/namespaces`)).status).toBe(200);
  });
});
