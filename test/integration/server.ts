import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startServer, type RunningServer } from "../../src/server/startServer.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** host:port of the dev server that the test run shares. */
    temporalAddress: string;
    /** Address of its Web UI. */
    temporalUiAddress: string;
  }
}

let server: RunningServer | undefined;
let root: string | undefined;

/** One real dev server on free ports for the whole test run. */
export async function setup(project: TestProject): Promise<void> {
  root = await mkdtemp(join(tmpdir(), "med-r3-server-"));
  server = await startServer({ root, port: 0, uiPort: 0, onProgress: console.error });
  project.provide("temporalAddress", server.address);
  project.provide("temporalUiAddress", server.uiAddress);
}

export async function teardown(): Promise<void> {
  await server?.stop();
  if (root !== undefined) await rm(root, { recursive: true, force: true });
}
