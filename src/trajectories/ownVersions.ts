import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import type { WorkerVersions } from "./records.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

let own: Promise<WorkerVersions> | null = null;

/** What this process runs on, as of the first call: later changes of the checkout do not change code that is loaded. */
export function ownVersions(): Promise<WorkerVersions> {
  own ??= readVersions();
  return own;
}

async function readVersions(): Promise<WorkerVersions> {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")));
  return {
    package: version,
    node: process.versions.node,
    processor: cpus()[0]?.model.trim() || null,
    commit: await commitOf(),
  };
}

/** Null where the project is no checkout, or there is no git. */
async function commitOf(): Promise<string | null> {
  try {
    const git = async (...words: string[]): Promise<string> =>
      (await promisify(execFile)("git", ["-C", project, ...words])).stdout.trim();
    const commit = await git("rev-parse", "HEAD");
    const changed = await git("status", "--porcelain", "--untracked-files=no");
    return changed === "" ? commit : `${commit}-dirty`;
  } catch {
    return null;
  }
}
