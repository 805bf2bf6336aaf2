import { bundleWorkflowCode, type BundlerPlugin } from "@temporalio/worker";
import { createHash } from "node:crypto";
import { access, mkdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { writeWhole } from "../src/files/writeWhole.ts";
import { importedFiles } from "./importedFiles.ts";

const projectFolder = fileURLToPath(new URL("..", import.meta.url));
/** Where the bundle begins; what this imports is in it, and nothing else of ours. */
export const workflowsFile = join(projectFolder, "workflows", "all.ts");

/** Bundles the workflow code once for each content; later workers find it in the folder. */
export async function workflowBundle(folder: string, plugins: BundlerPlugin[] = []): Promise<{ codePath: string }> {
  const names = plugins.map((plugin) => plugin.name);
  const codePath = join(folder, `${["workflows", await sourceHash(), ...names].join("-")}.js`);
  if (await exists(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({ workflowsPath: workflowsFile, plugins });
  await mkdir(folder, { recursive: true });
  await writeWhole(codePath, code);
  return { codePath };
}

/** Of all that can reach the bundle: its files, and the versions of packages. */
async function sourceHash(): Promise<string> {
  const hash = createHash("sha256").update(await readFile(join(projectFolder, "package-lock.json")));
  for (const { file, text } of await importedFiles(workflowsFile))
    hash.update(`${relative(projectFolder, file)}\0${text}\0`);
  return hash.digest("hex").slice(0, 16);
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
