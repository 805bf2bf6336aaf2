// Runs one of the project's commands on a fresh clone (bootstrap.cjs leads here): checks Node, installs the packages that are missing, then
// starts the TypeScript command. Plain JavaScript without dependencies, because it runs before there are any.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { didYouMean } from "./src/domain/nearest.mjs";
import { commands } from "./src/launch/commands.mjs";
import { withoutInspector } from "./src/server/nodeOptions.mjs";

const project = dirname(fileURLToPath(import.meta.url));
const oldestNode = [20, 19];

function fail(message, code) {
  console.error(message);
  process.exit(code);
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  fail(
    `Node ${process.versions.node} is too old: med-r3 needs Node ${oldestNode.join(".")} or newer (https://nodejs.org).`,
    1,
  );
}

/** Whether node_modules holds the versions that the lock file names; optional packages of other platforms may be missing. */
function isInstalled() {
  const installedLock = join(project, "node_modules", ".package-lock.json");
  if (!existsSync(installedLock)) return false;
  const wanted = JSON.parse(readFileSync(join(project, "package-lock.json"), "utf8")).packages;
  const installed = JSON.parse(readFileSync(installedLock, "utf8")).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const found = installed[path];
    return found === undefined
      ? entry.optional === true || entry.devOptional === true
      : found.version === entry.version;
  });
}

function install() {
  console.error("Installing packages (npm ci, about a minute) …");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const environment = { ...withoutInspector(process.env), ONNXRUNTIME_NODE_INSTALL: "skip" };
  const result = spawnSync(npm, ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: project,
    env: environment,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (result.status === 0) return;
  if (result.error) fail(`npm could not be started: ${result.error.message}. Install npm, then try again.`, 1);
  fail(
    `${result.stdout}${result.stderr}\nInstalling the packages failed (above: npm's own words). Check the network and the free disk space, then try again.`,
    1,
  );
}

/**
 * Ends with the command's own exit code. Signals go to the command, which decides how to stop; so does the end of npm, and
 * of who started this process with a channel. The command has a channel too, by which it sees our own end, kill -9 included.
 */
function run(file, commandArguments) {
  const child = spawn(process.execPath, [join(project, "src", "launch", "launch.mjs"), file, ...commandArguments], {
    env: withoutInspector(process.env),
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  let told = false;
  const forward = (signal) => () => {
    told = true;
    // A terminal sends Ctrl-C to the whole process group, so the command has it already.
    if (!(signal === "SIGINT" && process.stdin.isTTY)) child.kill(signal);
  };
  const stopOnce = () => {
    if (!told) forward("SIGTERM")();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, forward(signal));
  process.once("disconnect", stopOnce);
  watchNpm(stopOnce);
  child.on("error", (error) => fail(`The command could not be started: ${error.message}`, 1));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

/** npm starts a shell that starts us. A signal that ends npm may reach neither, so that we look whether both are still there. */
function watchNpm(onEnd) {
  if (process.env["npm_lifecycle_event"] === undefined || process.platform === "win32") return;
  const parent = process.ppid;
  const npm = commandLineOf(parent).includes("bootstrap.cjs") ? parentOf(parent) : null;
  const timer = setInterval(() => {
    if (process.ppid === parent && (npm === null || parentOf(parent) === npm)) return;
    clearInterval(timer);
    onEnd();
  }, 1000);
}

/** Of a process, as `ps` tells it; "" when it is gone. */
function tell(pid, what) {
  try {
    return execFileSync("ps", ["-o", `${what}=`, "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
}

function commandLineOf(pid) {
  if (process.platform !== "linux") return tell(pid, "args");
  return readIfThere(`/proc/${pid}/cmdline`);
}

function parentOf(pid) {
  if (process.platform !== "linux") return tell(pid, "ppid");
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
}

function readIfThere(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

const [name, ...commandArguments] = process.argv.slice(2);
checkNode();
if (name === undefined || !(name in commands))
  fail(
    `Unknown command "${name ?? ""}"${didYouMean(name ?? "", Object.keys(commands)) || "."} Commands: ${Object.keys(commands).join(", ")}.`,
    2,
  );
if (!isInstalled()) install();
run(commands[name], commandArguments);
