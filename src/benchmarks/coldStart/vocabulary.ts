import { Worker } from "node:worker_threads";
import type { ToVocabularyThread, Vocabulary } from "./vocabularyThread.ts";

/** Texts that are handed over at a time. */
const textsAtOnce = 200;

export interface VocabularyRequest {
  /** Learnt from and encoded. */
  readonly texts: AsyncIterable<string>;
  /** Learnt from alone. */
  readonly others: readonly string[];
  /** Measured alone. */
  readonly prompts: readonly string[];
  readonly vocabularySize: number;
  readonly signal?: AbortSignal | undefined;
}

/** Learns a tokenizer from texts and encodes them, in a thread of its own, so that the work of minutes never blocks this one. */
export async function learnVocabulary({ texts, others, prompts, vocabularySize, signal }: VocabularyRequest): Promise<Vocabulary> {
  const worker = new Worker(new URL("./vocabularyEntry.mjs", import.meta.url));
  const send = (message: ToVocabularyThread): void => worker.postMessage(message);
  const answer = new Promise<Vocabulary>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("the thread that learns the tokenizer has ended")));
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  // It may fail while texts are still read.
  answer.catch(() => undefined);
  try {
    let waiting: string[] = [];
    for await (const text of texts) {
      signal?.throwIfAborted();
      waiting.push(text);
      if (waiting.length < textsAtOnce) continue;
      send({ kind: "texts", texts: waiting });
      waiting = [];
    }
    send({ kind: "texts", texts: waiting });
    send({ kind: "learn", others, prompts, vocabularySize });
    return await answer;
  } finally {
    await worker.terminate();
  }
}
