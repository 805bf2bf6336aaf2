import { spawn, type ChildProcess } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { SkyrlPython } from "./environment.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const backend = { max_lora_adapters: 4, max_lora_rank: 8, train_micro_batch_size: 4, sample_max_num_sequences: 8 };

export interface SkyrlServer {
  readonly url: string;
  /** Ends it with its engine, in order or as by kill -9. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/**
 * A SkyRL server on the loopback that trains adapters of a model folder on the CPU. `work` keeps its database and saved states, which a server
 * that is started there again knows. Throws with its last words where it does not come up.
 */
export async function startSkyrl(
  { folder, python }: Exclude<SkyrlPython, { missing: string }>,
  model: string,
  work: string,
): Promise<SkyrlServer> {
  const port = await freePort();
  const words = Object.entries({
    "--base-model": model,
    "--backend": "jax",
    "--backend-config": JSON.stringify(backend),
    "--port": String(port),
    "--checkpoints-base": join(work, "states"),
    "--database-url": `sqlite:///${join(work, "tinker.db")}`,
  }).flat();
  const child = spawn(python, [join(here, "serve.py"), ...words], {
    cwd: work,
    // A group of its own, so that its engine ends with it.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      JAX_PLATFORMS: "cpu",
      HF_HUB_OFFLINE: "1",
      PYTHONPATH: join(here, "stubs"),
      JAX_COMPILATION_CACHE_DIR: join(folder, "compiled"),
      // To compile well takes longer than all that is computed here.
      XLA_FLAGS: "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true",
      JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS: "0",
    },
  });
  let said = "";
  const hear = (chunk: Buffer): void => {
    said = `${said}${chunk.toString()}`.slice(-4000);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const url = `http://127.0.0.1:${port}`;
  while (!(await isUp(url))) {
    if (child.exitCode !== null) throw new Error(`SkyRL's server ended with ${child.exitCode}: ${said}`);
    await wait(200);
  }
  return { url, stop: (signal = "SIGTERM") => stop(child, signal) };
}

async function stop(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once("close", resolve));
  process.kill(-child.pid, signal);
  await Promise.race([ended, wait(15_000)]);
  if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGKILL");
}

async function isUp(url: string): Promise<boolean> {
  return fetch(`${url}/api/v1/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  return port;
}
