import { parentPort } from "node:worker_threads";
import { longestInTokens, runningTokens } from "./runningTokens.ts";
import { trainTokenizer } from "./tokenizerFile.ts";
import type { TrainedTokenizer } from "./tokenizerFile.ts";

/** Texts come some at a time; the last message says what to make of them. */
export type ToVocabularyThread =
  | { readonly kind: "texts"; readonly texts: readonly string[] }
  /** `others` are learnt from too, but not encoded; of `prompts` the length is measured. */
  | { readonly kind: "learn"; readonly others: readonly string[]; readonly prompts: readonly string[]; readonly vocabularySize: number };

/** A tokenizer, all texts in its tokens, each with the end-of-text token behind it, and the tokens of the longest prompt. */
export interface Vocabulary {
  readonly trained: TrainedTokenizer;
  readonly tokens: Uint16Array;
  readonly longestPrompt: number;
}

const texts: string[] = [];

parentPort?.on("message", (message: ToVocabularyThread) => {
  if (message.kind === "texts") {
    for (const text of message.texts) texts.push(text);
    return;
  }
  const trained = trainTokenizer([...texts, ...message.others], message.vocabularySize);
  const tokens = runningTokens(texts, trained);
  parentPort?.postMessage({ trained, tokens, longestPrompt: longestInTokens(message.prompts, trained) } satisfies Vocabulary, [tokens.buffer as ArrayBuffer]);
});
