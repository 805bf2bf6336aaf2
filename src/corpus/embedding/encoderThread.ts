import { parentPort, workerData } from "node:worker_threads";
import { openTextEncoder } from "./textEncoder.ts";
import type { TextEncoderOptions } from "./textEncoder.ts";

/** Texts to a thread; its answers come in the same order: the vectors one after another, or why there are none. */
export type EncoderAnswer = { readonly vectors: Float32Array } | { readonly error: Error };

/** Serves one encoder to the thread that started this one. */
function serve(options: TextEncoderOptions): void {
  const opening = openTextEncoder(options);
  let before: Promise<void> = Promise.resolve();
  const answer = async (texts: readonly string[]): Promise<void> => {
    try {
      const vectors = await (await opening).encode(texts);
      parentPort?.postMessage({ vectors } satisfies EncoderAnswer, [vectors.buffer as ArrayBuffer]);
    } catch (error) {
      parentPort?.postMessage({ error: error instanceof Error ? error : new Error(String(error)) } satisfies EncoderAnswer);
    }
  };
  parentPort?.on("message", (texts: readonly string[]) => void (before = before.then(() => answer(texts))));
}

serve(workerData as TextEncoderOptions);
