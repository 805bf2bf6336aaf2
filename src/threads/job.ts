import { on } from "node:events";
import { Worker } from "node:worker_threads";

/** Work that a module exports as `job`: what it is given and what it yields must survive a structured clone. */
export type Job<In, Out> = (input: In) => AsyncIterable<Out>;

/**
 * What the `job` of a module yields for an input, worked out in a thread of its own, so that it never holds this one's event
 * loop. Values should be small: each is received in one piece. An error of the job is thrown here.
 */
export async function* inThread<Out>(module: URL, input: unknown): AsyncGenerator<Out> {
  const worker = new Worker(new URL("./jobEntry.mjs", import.meta.url), { workerData: { module: module.href, input } });
  const ended = new AbortController();
  worker.once("exit", () => ended.abort(new Error(`the thread of ${module.pathname} has ended`)));
  try {
    for await (const [message] of on(worker, "message", { signal: ended.signal }) as AsyncIterable<[{ readonly value: Out } | { readonly done: true }]>) {
      if ("done" in message) return;
      yield message.value;
    }
  } finally {
    await worker.terminate();
  }
}
