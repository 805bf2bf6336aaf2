import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { programs } from "./programs.mjs";

/** The address of what a program was built to, from the sources as they are; null for a file that is no program, and where no build can be made or kept. */
export async function builtProgram(program) {
  if (!programs.includes(program)) return null;
  try {
    const { currentBuild } = await import("./build.mjs");
    return pathToFileURL(join(await currentBuild(), program.replace(/\.ts$/u, ".js"))).href;
  } catch {
    // A folder that cannot be written and a mistake in the code are no reasons to end: what loads file by file tells the mistake.
    return null;
  }
}
