// Runs a program of the project: `node src/launch/launch.mjs workers/main.ts OPTIONS`. Plain JavaScript, because it runs before TypeScript can.
import "./quietRuntime.mjs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { loadTypeScript } from "./loadTypeScript.mjs";
import { programs, projectFolder } from "./programs.mjs";

/** From a build that is made once for each content of the sources; file by file where none can be made or kept. */
async function load(program) {
  const built = programs.includes(program) ? await builtFolder() : null;
  if (built === null) {
    await loadTypeScript();
    return import(pathToFileURL(join(projectFolder, program)).href);
  }
  // Stack traces name the source files and their lines.
  process.setSourceMapsEnabled(true);
  return import(pathToFileURL(join(built, program.replace(/\.ts$/u, ".js"))).href);
}

/** A folder that cannot be written and a mistake in the code are no reasons to end: what loads file by file tells the mistake. */
async function builtFolder() {
  try {
    const { currentBuild } = await import("./build.mjs");
    return await currentBuild();
  } catch {
    return null;
  }
}

const [program] = process.argv.splice(2, 1);
process.argv[1] = join(projectFolder, program);
await load(program);
