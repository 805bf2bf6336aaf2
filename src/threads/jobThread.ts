import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import type { Job } from "./job.ts";

const { module, input } = z.object({ module: z.string(), input: z.unknown() }).parse(workerData);

const { job } = (await import(module)) as { job: Job<unknown, unknown> };
for await (const value of job(input)) parentPort?.postMessage({ value });
parentPort?.postMessage({ done: true });
