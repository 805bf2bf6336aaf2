import { bundleWorkflowCode, type BundlerPlugin } from "@temporalio/worker";
import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeWhole } from "../src/files/writeWhole.ts";

const projectFolder = fileURLToPath(new URL("..", import.meta.url));
/** What can reach the bundle: workflow code, the data and types it imports, and the packages. */
const sources = ["workflows", "src/configuration", "src/curriculum", "src/domain", "src/output", "temporal.config.ts", "package-lock.json"];

/** Bundles the workflow code once for each content; later workers find it in the folder. */
export async function workflowBundle(folder: string, plugins: BundlerPlugin[] = []): Promise<{ codePath: string }> {
  const names = plugins.map((plugin) => plugin.name);
  const codePath = join(folder, `${["workflows", await sourceHash(), ...names].join("-")}.js`);
  if (await exists(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({ workflowsPath: join(projectFolder, "workflows", "all.ts"), plugins });
  await mkdir(folder, { recursive: true });
  await writeWhole(codePath, code);
  return { codePath };
}

async function sourceHash(): Promise<string> {
  const hash = createHash("sha256");
  for (const source of sources) {
    for (const file of await filesOf(join(projectFolder, source))) hash.update(file).update(await readFile(file));
  }
  return hash.digest("hex").slice(0, 16);
}

async function filesOf(path: string): Promise<string[]> {
  if (/\.[a-z]+$/.test(path)) return [path];
  const names = await readdir(path, { recursive: true });
  return names.filter((name) => name.endsWith(".ts")).toSorted().map((name) => join(path, name));
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
