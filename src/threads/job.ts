import { startThread } from "./startThread.ts";

/** Work that a module exports as `job`: what it is given and what it yields must survive a structured clone. */
export type Job<In, Out> = (input: In) => AsyncIterable<Out>;

/** What a job's thread says. */
export type FromJob<Out> = { readonly value: Out } | { readonly done: true } | { readonly error: Error };

/** Values that a job may be ahead of who takes them, so that a slow taker bounds the memory. */
export const valuesAhead = 8;

/**
 * What the `job` of a module yields for an input, worked out in a thread of its own, so that it never holds this one's event
 * loop. Values should be small: each is received in one piece. An error of the job is thrown here, as a plain `Error`.
 */
export async function* inThread<Out>(module: URL, input: unknown): AsyncGenerator<Out> {
  const worker = startThread(new URL("./jobThread.ts", import.meta.url), { module: module.href, input });
  const waiting: FromJob<Out>[] = [];
  let wake = (): void => undefined;
  const hear = (message: FromJob<Out>): void => {
    waiting.push(message);
    wake();
  };
  worker.on("message", hear);
  worker.on("error", (error) => hear({ error: error instanceof Error ? error : new Error(String(error)) }));
  worker.on("exit", () => hear({ error: new Error(`the thread of ${module.pathname} has ended`) }));
  try {
    for (;;) {
      const message = waiting.shift();
      if (message === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else if ("done" in message) return;
      else if ("error" in message) throw message.error;
      else {
        yield message.value;
        worker.postMessage("taken");
      }
    }
  } finally {
    await worker.terminate();
  }
}
