import { Client, Connection } from "@temporalio/client";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRunView } from "../../bench/support/chaos/runView.ts";
import { createEncryptionCodec } from "../../src/server/payloadCodec.ts";
import { findTemporal } from "../../src/server/executable.ts";
import { freePort } from "../../src/server/ports.ts";
import { startServer } from "../../src/server/startServer.ts";
import { startCollector, type Collector } from "../integration/collector.ts";
import { projectFolder, runProject, type CommandOutcome } from "./command.ts";

/** `npm start` with a key for payloads and a collector of traces, by the variables that docs/operations.md names. */
const key = randomBytes(32);
const short = [
  "stages.reasoner.iterations=1",
  "stages.retriever.iterations=0",
  "stages.collaboration.iterations=0",
  "evaluation.questions=0",
].flatMap((setting) => ["--set", setting]);
let root: string;
let collector: Collector;
let outcome: CommandOutcome;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "med-r3-environment-"));
  collector = await startCollector();
  const environment = {
    MED_R3_PAYLOAD_KEY: key.toString("base64"),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    // A debugger's port that one process alone can have, a module whose path is right in the project's folder alone, a home that cannot be written.
    NODE_OPTIONS: `--inspect=127.0.0.1:${await freePort()} --import ./test/cli/loadedPackages.mjs --max-old-space-size=3000`,
    MED_R3_TEMPORAL: await findTemporal({ environment: process.env, onProgress: console.error }),
    HOME: "/proc/none",
    XDG_CACHE_HOME: "",
  };
  outcome = await runProject(
    ["start", "--root", root, "--port", "0", "--ui-port", "0", "--preset", "tiny", "--run", "observed", ...short],
    undefined,
    environment,
  );
});
afterAll(async () => {
  collector.close();
  await rm(root, { recursive: true, force: true });
});

describe("npm start with MED_R3_PAYLOAD_KEY, OTEL_EXPORTER_OTLP_ENDPOINT, NODE_OPTIONS and a HOME that cannot be written", () => {
  it("runs as without them, and no two processes want the debugger's port", () => {
    expect(outcome.errors).not.toMatch(/rror|failed/u);
    expect(outcome.code).toBe(0);
    expect(existsSync(join(projectFolder, ":memory:.ses"))).toBe(false);
  });

  it("stores payloads that only the key reads: the Temporal command shows them encrypted", async () => {
    const files = (await readdir(join(root, ".server"))).filter((name) => name.startsWith("temporal.db"));
    const stored = Buffer.concat(await Promise.all(files.map((name) => readFile(join(root, ".server", name)))));
    expect(stored.includes(`"preset":"tiny"`)).toBe(false);
    const server = await startServer({ root, port: 0, uiPort: 0 });
    try {
      const temporal = await findTemporal({ environment: process.env, onProgress: console.error });
      const { stdout } = await promisify(execFile)(
        temporal,
        ["workflow", "show", "--address", server.address, "--workflow-id", "curriculum-observed", "--output", "json"],
        { maxBuffer: 2 ** 26 },
      );
      expect(stdout).toContain(Buffer.from("binary/encrypted").toString("base64"));
      expect(stdout).not.toContain(
        Buffer.from(JSON.stringify({ run: "observed", report: "report.html" })).toString("base64"),
      );
      const connection = await Connection.connect({ address: server.address });
      const client = new Client({ connection, dataConverter: { payloadCodecs: [createEncryptionCodec(key)] } });
      expect(await client.workflow.getHandle("curriculum-observed").result()).toEqual({
        run: "observed",
        report: "report.html",
      });
      await connection.close();
    } finally {
      await server.stop();
    }
  });

  it("sends one trace from the command through the workflows to their activities", () => {
    const started = collector.span("StartWorkflow:curriculum");
    expect(started).toMatchObject({ service: "med-r3-start" });
    expect(collector.span("RunWorkflow:curriculum")).toMatchObject({
      traceId: started?.traceId,
      parentSpanId: started?.spanId,
    });
    for (const name of ["RunActivity:openRun", "RunWorkflow:stage", "RunActivity:update"])
      expect(collector.span(name)).toMatchObject({ traceId: started?.traceId, service: "med-r3-worker-all" });
  });
});

describe("npm run prune", () => {
  it("frees the disk of what a finished run no longer needs, and leaves what counts", async () => {
    const { checkpointFiles: _, ...before } = await readRunView(join(root, "observed"));
    const { code, output } = await runProject(["prune", "--root", root]);
    expect(output).toMatch(/^observed: \d+ snapshots and \d+ orphaned rows removed/mu);
    expect(code).toBe(0);
    expect(await readRunView(join(root, "observed"))).toMatchObject(before);
  });
});
