import { parentPort } from "node:worker_threads";
import { longestInTokens, runningTokens } from "./runningTokens.ts";
import { trainTokenizer } from "./tokenizerFile.ts";
import type { TrainedTokenizer } from "./tokenizerFile.ts";

export interface VocabularyRequest {
  /** Learnt from and encoded. */
  readonly texts: readonly string[];
  /** Learnt from alone. */
  readonly others: readonly string[];
  /** Measured alone. */
  readonly prompts: readonly string[];
  readonly vocabularySize: number;
  /** Names of the tags that responses may have. */
  readonly tags: readonly string[];
}

/** A tokenizer, all texts in its tokens, each with the end-of-text token behind it, and the tokens of the longest prompt. */
export interface Vocabulary {
  readonly trained: TrainedTokenizer;
  readonly tokens: Uint16Array;
  readonly longestPrompt: number;
}

parentPort?.on("message", ({ texts, others, prompts, vocabularySize, tags }: VocabularyRequest) => {
  const trained = trainTokenizer([...texts, ...others], vocabularySize, { names: tags });
  const tokens = runningTokens(texts, trained);
  parentPort?.postMessage({ trained, tokens, longestPrompt: longestInTokens(prompts, trained) } satisfies Vocabulary, [
    tokens.buffer as ArrayBuffer,
  ]);
});
