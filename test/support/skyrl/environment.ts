import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { userCache } from "../../../src/files/userCache.ts";

const run = promisify(execFile);
const packages = ["skyrl[tinker,jax]==0.3.0", "transformers==5.8.0"];
const overrides = fileURLToPath(new URL("overrides.txt", import.meta.url));

/** Set to "skip", tests go without the server; most of what they check, they check on the fake too. */
export const skyrlVariable = "MED_R3_SKYRL";

/** A Python with SkyRL 0.3.0, or why there is none. */
export type SkyrlPython = { readonly folder: string; readonly python: string } | { readonly missing: string };

/** Kept in the user's cache folder, and made there on first use: 850 MB, about a minute. */
export async function findSkyrl(): Promise<SkyrlPython> {
  if (process.env[skyrlVariable] === "skip") return { missing: `${skyrlVariable}=skip` };
  const folder = join(userCache(process.env) ?? join(tmpdir(), "med-r3"), "skyrl-0.3.0");
  const found = { folder, python: join(folder, "environment", "bin", "python") };
  const complete = join(folder, "complete");
  if (existsSync(complete)) return found;
  try {
    await install(folder);
    await writeFile(complete, `${packages.join("\n")}\n`);
    return found;
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    const reason = (stderr || message).trim().split("\n").at(-1) ?? "";
    return { missing: `Python 3.11 with ${packages[0]} could not be made: ${reason}` };
  }
}

async function install(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const options = { timeout: 300_000, env: { ...process.env, UV_PYTHON_DOWNLOADS: "never" } };
  const tools = join(folder, "tools");
  await run("python3.11", ["-m", "venv", tools], options);
  await run(join(tools, "bin", "python"), ["-m", "pip", "install", "--quiet", "uv==0.13.9"], options);
  const uv = join(tools, "bin", "uv");
  const environment = join(folder, "environment");
  await run(uv, ["venv", "--quiet", "--clear", "--python", "3.11", environment], options);
  const into = ["--python", environment, "--override", overrides];
  await run(uv, ["pip", "install", "--quiet", ...into, ...packages], options);
}
