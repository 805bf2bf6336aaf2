// What a thread begins with where its parent loads TypeScript file by file (a test runner, a bench): the build all the same, which loads in half the time.
import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { workerData } from "node:worker_threads";
import { builtProgram } from "../launch/builtProgram.mjs";
import { programs, projectFolder } from "../launch/programs.mjs";

const programOf = (address) => relative(projectFolder, fileURLToPath(address)).replaceAll(sep, "/");

const module = process.argv[2];
// A job may lie in any file, also in one that is in no build (job.ts).
const job = workerData?.module;
const built = job === undefined || programs.includes(programOf(job)) ? await builtProgram(programOf(module)) : null;
if (built === null) {
  const { register } = await import("tsx/esm/api");
  register();
} else process.setSourceMapsEnabled(true);
await import(built ?? module);
