import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface CommandOutcome {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

export const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/** Runs one of the project's commands as a person does, in a process of its own. */
export async function runProject(commandArguments: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<CommandOutcome> {
  const child = spawn(process.execPath, ["bootstrap.mjs", ...commandArguments], { cwd: projectFolder, env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output, errors };
}
