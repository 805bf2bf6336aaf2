import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const environment = `${folder}.venv`;
const python = `${environment}/bin/python`;
const interpreters = ["python3.11", "python3.12", "python3.13", "python3"];

/**
 * Lists of pinned packages: PyTorch and transformers; what the peers of retrieval, of lm-evaluation-harness, or TRL, need beside them; and what a
 * peer needs that only counts on graphs and arrays (60 MB), a part of the first; the SDK of the Tinker protocol; and the reader of GGUF files.
 */
export type Requirements =
  | "requirements.txt"
  | "requirements-retrieval.txt"
  | "requirements-harness.txt"
  | "requirements-graphs.txt"
  | "requirements-trl.txt"
  | "requirements-tinker.txt";

/**
 * Path of the peers' own Python with exactly the listed packages; made on first use (with requirements.txt about two minutes and
 * 4.6 GB, most of it the CUDA libraries that PyPI's torch links against). Throws with what to do when it cannot be made.
 */
export function peerPython(lists: readonly Requirements[] = ["requirements.txt"]): string {
  if (!existsSync(python)) {
    process.stderr.write("Making the peers' Python environment in bench/peers/.venv …\n");
    run(findInterpreter(), ["-m", "venv", environment]);
  }
  for (const list of lists) install(list);
  return python;
}

/** Dependencies are not resolved: the lists are complete, and leave out what torch asks for but a CPU never loads. */
function install(list: Requirements): void {
  const wanted = readFileSync(`${folder}${list}`, "utf8");
  const installed = `${environment}/installed/${list}`;
  if (existsSync(installed) && readFileSync(installed, "utf8") === wanted) return;
  process.stderr.write(`Installing ${list} for the peers …\n`);
  run(python, ["-m", "pip", "install", "--quiet", "--no-deps", "--requirement", `${folder}${list}`]);
  mkdirSync(`${environment}/installed`, { recursive: true });
  writeFileSync(installed, wanted);
}

function findInterpreter(): string {
  const found = interpreters.find((name) => spawnSync(name, ["-c", "import sys; assert sys.version_info >= (3, 11)"]).status === 0);
  if (found === undefined) throw new Error("The peers need Python 3.11 or newer with venv: install it, then run the bench again.");
  return found;
}

function run(command: string, commandArguments: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, commandArguments, { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
  if (status === 0) return;
  throw new Error(`Making the peers' environment failed: ${command} ${commandArguments.join(" ")}\n${error?.message ?? stderr}`);
}
