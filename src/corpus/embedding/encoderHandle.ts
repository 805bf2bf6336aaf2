import { Worker } from "node:worker_threads";
import type { EncoderAnswer } from "./encoderThread.ts";
import type { TextEncoderOptions } from "./textEncoder.ts";

interface Pending {
  readonly resolve: (vectors: Float32Array) => void;
  readonly reject: (error: Error) => void;
}

/** An encoder in a thread of its own, so that its work never blocks this one. */
export class EncoderHandle {
  readonly #worker: Worker;
  readonly #waiting: Pending[] = [];
  #failure: Error | null = null;

  constructor(options: TextEncoderOptions) {
    this.#worker = new Worker(new URL("./encoderEntry.mjs", import.meta.url), { workerData: options });
    this.#worker.on("message", (answer: EncoderAnswer) => this.#receive(answer));
    this.#worker.on("error", (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on("exit", () => this.#fail(new Error("the embedding model's thread has ended")));
    this.#worker.unref();
  }

  /** Vectors of texts, one after another. */
  encode(texts: readonly string[]): Promise<Float32Array> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.#waiting.length === 0) this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(texts);
    });
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(answer: EncoderAnswer): void {
    const pending = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#worker.unref();
    if ("vectors" in answer) pending?.resolve(answer.vectors);
    else pending?.reject(answer.error);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
