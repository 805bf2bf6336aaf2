import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface SilentServer {
  readonly url: string;
  stop(): void;
}

/** Starts silentServer.ts as a process of its own, which ends with this one; `delay` in milliseconds. */
export async function startSilent(delay = 0): Promise<SilentServer> {
  const child = fork(fileURLToPath(new URL("silentServer.ts", import.meta.url)), [String(delay)], {
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  if (child.stdout === null) throw new Error("the server has no output");
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  return { url: `http://127.0.0.1:${port.toString().trim()}`, stop: () => void child.kill() };
}
