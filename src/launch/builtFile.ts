import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The address of the build's folder; written into a build (src/launch/build.mjs), nothing where files are loaded one by one. */
declare const MED_R3_BUILD: string | undefined;

const sources = new URL("../../", import.meta.url).href;

/** Whether this code runs from a build of the project. */
export const isBuilt = typeof MED_R3_BUILD === "string";

/** A source file's own address, or that of what was built from it where this code runs from a build: modules exist once in a process. */
export function builtFile(module: URL): URL {
  if (typeof MED_R3_BUILD !== "string" || !module.href.startsWith(sources)) return module;
  const built = new URL(module.href.slice(sources.length).replace(/\.ts$/u, ".js"), MED_R3_BUILD);
  return existsSync(fileURLToPath(built)) ? built : module;
}
