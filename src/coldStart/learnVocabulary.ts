import { createRest } from "../eventLoop/rest.ts";
import { startThread } from "../threads/startThread.ts";
import type { Vocabulary, VocabularyMessage, VocabularySettings, VocabularyTexts } from "./vocabularyThread.ts";

/** Texts of one message: each is copied in one piece. */
const textsTogether = 100;

/** Learns a tokenizer from texts and encodes them, in a thread of its own, so that the work never blocks this one. */
export async function learnVocabulary(
  request: VocabularyTexts & VocabularySettings,
  signal?: AbortSignal,
): Promise<Vocabulary> {
  signal?.throwIfAborted();
  const worker = startThread(new URL("./vocabularyThread.ts", import.meta.url));
  const answer = new Promise<Vocabulary>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("the thread that learns the tokenizer has ended")));
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  // It is waited for below, when all texts are sent.
  answer.catch(() => undefined);
  try {
    for await (const message of partsOf(request)) worker.postMessage(message);
    return await answer;
  } finally {
    await worker.terminate();
  }
}

async function* partsOf({
  vocabularySize,
  tags,
  ...texts
}: VocabularyTexts & VocabularySettings): AsyncGenerator<VocabularyMessage> {
  const rest = createRest();
  for (const kind of ["texts", "others", "prompts"] as const)
    for (let start = 0; start < texts[kind].length; start += textsTogether) {
      yield { [kind]: texts[kind].slice(start, start + textsTogether) };
      await rest();
    }
  yield { vocabularySize, tags };
}
