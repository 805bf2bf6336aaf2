import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const environment = `${folder}.venv`;
const interpreters = ["python3.11", "python3.12", "python3.13", "python3"];

/**
 * Path of the peers' own Python, with exactly the packages of requirements.txt; made on first use (about two minutes,
 * 4.6 GB, most of it the CUDA libraries that PyPI's torch links against). Throws with what to do when it cannot be made.
 */
export function peerPython(): string {
  const python = `${environment}/bin/python`;
  const requirements = `${folder}requirements.txt`;
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  const stamp = `${environment}/requirements.sha256`;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return python;
  process.stderr.write("Making the peers' Python environment in bench/peers/.venv …\n");
  rmSync(environment, { recursive: true, force: true });
  run(findInterpreter(), ["-m", "venv", environment]);
  // No dependency resolution: the list is complete, and leaves out what torch asks for but a CPU never loads.
  run(python, ["-m", "pip", "install", "--quiet", "--no-deps", "--requirement", requirements]);
  writeFileSync(stamp, wanted);
  return python;
}

function findInterpreter(): string {
  const found = interpreters.find((name) => spawnSync(name, ["-c", "import sys; assert sys.version_info >= (3, 11)"]).status === 0);
  if (found === undefined) throw new Error("The peers need Python 3.11 or newer with venv: install it, then run the bench again.");
  return found;
}

function run(command: string, commandArguments: readonly string[]): void {
  const { status, stderr } = spawnSync(command, commandArguments, { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
  if (status === 0) return;
  throw new Error(`Making the peers' environment failed: ${command} ${commandArguments.join(" ")}\n${stderr}`);
}
