import "../../launch/quietRuntime.mjs";
import type { Worker } from "node:worker_threads";
import { startThread } from "../../threads/startThread.ts";
import type { ThreadAnswer, ThreadModel, ThreadRequest } from "./modelThread.ts";

interface Pending {
  readonly resolve: (numbers: Float32Array) => void;
  readonly reject: (error: Error) => void;
}

/** A model of retrieval in a thread of its own, so that its work never blocks this one. */
export class ModelHandle {
  readonly #worker: Worker;
  readonly #waiting: Pending[] = [];
  #failure: Error | null = null;

  constructor(model: ThreadModel) {
    this.#worker = startThread(new URL("./modelThread.ts", import.meta.url), model);
    this.#worker.on("message", (answer: ThreadAnswer) => this.#receive(answer));
    this.#worker.on("error", (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on("exit", () => this.#fail(new Error("the thread of the retrieval model has ended")));
    this.#worker.unref();
  }

  /** Vectors or scores of texts, one after another. */
  compute(request: ThreadRequest): Promise<Float32Array> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.#waiting.length === 0) this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(request);
    });
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(answer: ThreadAnswer): void {
    const pending = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#worker.unref();
    if ("numbers" in answer) pending?.resolve(answer.numbers);
    else pending?.reject(answer.error);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
