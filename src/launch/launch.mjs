// Runs a program of the project: `node src/launch/launch.mjs workers/main.ts OPTIONS`. Plain JavaScript, because it runs before TypeScript can.
import "./quietRuntime.mjs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { builtProgram } from "./builtProgram.mjs";
import { loadTypeScript } from "./loadTypeScript.mjs";
import { projectFolder } from "./programs.mjs";

/** From a build that is made once for each content of the sources; file by file where none can be made or kept. */
async function load(program) {
  const built = await builtProgram(program);
  if (built === null) {
    await loadTypeScript();
    return import(pathToFileURL(join(projectFolder, program)).href);
  }
  // Stack traces name the source files and their lines.
  process.setSourceMapsEnabled(true);
  return import(built);
}

const [program] = process.argv.splice(2, 1);
process.argv[1] = join(projectFolder, program);
await load(program);
