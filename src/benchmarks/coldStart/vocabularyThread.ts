import { parentPort } from "node:worker_threads";
import { runningTokens } from "./runningTokens.ts";
import { trainTokenizer } from "./tokenizerFile.ts";
import type { TrainedTokenizer } from "./tokenizerFile.ts";

/** Texts come some at a time; the last message says what to make of them. */
export type ToVocabularyThread =
  | { readonly kind: "texts"; readonly texts: readonly string[] }
  /** `others` are learnt from too, but not encoded. */
  | { readonly kind: "learn"; readonly others: readonly string[]; readonly vocabularySize: number };

/** A tokenizer and all texts in its tokens, each with the end-of-text token behind it. */
export interface Vocabulary {
  readonly trained: TrainedTokenizer;
  readonly tokens: Uint16Array;
}

const texts: string[] = [];

parentPort?.on("message", (message: ToVocabularyThread) => {
  if (message.kind === "texts") {
    for (const text of message.texts) texts.push(text);
    return;
  }
  const trained = trainTokenizer([...texts, ...message.others], message.vocabularySize);
  const tokens = runningTokens(texts, trained);
  parentPort?.postMessage({ trained, tokens } satisfies Vocabulary, [tokens.buffer as ArrayBuffer]);
});
