import { Worker } from "node:worker_threads";
import type { Vocabulary, VocabularyRequest } from "./vocabularyThread.ts";

/** Learns a tokenizer from texts and encodes them, in a thread of its own, so that the work never blocks this one. */
export async function learnVocabulary(request: VocabularyRequest, signal?: AbortSignal): Promise<Vocabulary> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL("./vocabularyEntry.mjs", import.meta.url));
  const answer = new Promise<Vocabulary>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("the thread that learns the tokenizer has ended")));
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  try {
    worker.postMessage(request);
    return await answer;
  } finally {
    await worker.terminate();
  }
}
