import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const prefix = "med-r3-tests-";
let folder: string | undefined;

/** Temporary files of all tests lie in one folder, so that nothing stays behind, whatever a test leaves. */
export async function setup(): Promise<void> {
  // Each project calls this; the first one's folder serves all.
  if (basename(tmpdir()).startsWith(prefix)) return;
  folder = await mkdtemp(join(tmpdir(), prefix));
  process.env["TMPDIR"] = folder;
}

export async function teardown(): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
