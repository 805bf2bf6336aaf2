import { bundleWorkflowCode, type BundlerPlugin } from "@temporalio/worker";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { canBeFilled, userCache } from "../src/files/userCache.ts";
import { writeAtomically } from "../src/files/atomicWrite.ts";
import { importedFiles } from "./importedFiles.ts";

const projectFolder = fileURLToPath(new URL("..", import.meta.url));
/** Milliseconds after which a bundle of another content is removed when a new one is made. */
const keptFor = 7 * 86_400_000;
/** Where the bundle begins; what this imports is in it, and nothing else of ours. */
export const workflowsFile = join(projectFolder, "workflows", "all.ts");

/**
 * Bundles the workflow code once for each content: it takes seconds, and is the same for every root. Later workers find it in the
 * user's cache, or in the spare folder where that cannot be written.
 */
export async function workflowBundle(
  spareFolder: string,
  plugins: BundlerPlugin[] = [],
): Promise<{ codePath: string }> {
  const folder = await folderOfBundles(spareFolder);
  const names = plugins.map((plugin) => plugin.name);
  const codePath = join(folder, `${["workflows", await sourceHash(), ...names].join("-")}.js`);
  if (await touched(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({ workflowsPath: workflowsFile, plugins });
  await mkdir(folder, { recursive: true });
  await writeAtomically(codePath, code);
  await removeOld(folder);
  return { codePath };
}

async function folderOfBundles(spareFolder: string): Promise<string> {
  const cache = userCache(process.env);
  const folder = cache === null ? spareFolder : join(cache, "workflows");
  return (await canBeFilled(folder)) ? folder : spareFolder;
}

/** Bundles of other contents that no worker is starting from any more. */
async function removeOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Date.now() }));
    if (name.startsWith("workflows-") && mtimeMs < Date.now() - keptFor) await rm(file, { force: true });
  }
}

/** Hash of all that can reach the bundle: its files, and the versions of packages. */
async function sourceHash(): Promise<string> {
  const hash = createHash("sha256").update(await readFile(join(projectFolder, "package-lock.json")));
  for (const { file, text } of await importedFiles(workflowsFile))
    hash.update(`${relative(projectFolder, file)}\0${text}\0`);
  return hash.digest("hex").slice(0, 16);
}

/** Whether the file is there; it is then marked as used now. */
async function touched(path: string): Promise<boolean> {
  try {
    const now = new Date();
    await utimes(path, now, now);
    return true;
  } catch {
    return false;
  }
}
