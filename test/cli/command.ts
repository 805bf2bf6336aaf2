import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface CommandOutcome {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

export const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Runs one of the project's commands as a person does, in a process of its own; sends Ctrl-C as soon as the output
 * matches `interruptAt`. `environment` is added to this process' own. The channel ends it with this process.
 */
export async function runProject(
  commandArguments: readonly string[],
  interruptAt?: RegExp,
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandOutcome> {
  const child = spawn(process.execPath, ["bootstrap.cjs", ...commandArguments], {
    cwd: projectFolder,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  let errors = "";
  let interrupted = false;
  child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    if (interrupted || interruptAt?.test(output) !== true) return;
    interrupted = true;
    child.kill("SIGINT");
  });
  child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output, errors };
}
