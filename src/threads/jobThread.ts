import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import { builtFile } from "../launch/builtFile.ts";
import { valuesAhead } from "./job.ts";
import type { Job, FromJob } from "./job.ts";

const { module, input } = z.object({ module: z.string(), input: z.unknown() }).parse(workerData);
const { job } = (await import(builtFile(new URL(module)).href)) as { job: Job<unknown, unknown> };

let ahead = 0;
let goOn = (): void => undefined;
parentPort?.on("message", () => {
  ahead -= 1;
  goOn();
});
const send = (message: FromJob<unknown>): void => parentPort?.postMessage(message);
try {
  for await (const value of job(input)) {
    send({ value });
    ahead += 1;
    while (ahead >= valuesAhead) await new Promise<void>((resolve) => (goOn = resolve));
  }
  send({ done: true });
} catch (error) {
  send({ error: error instanceof Error ? error : new Error(String(error)) });
}
parentPort?.close();
