import { parentPort } from "node:worker_threads";
import { longestInTokens, runningTokens } from "./runningTokens.ts";
import { trainTokenizer } from "./tokenizerFile.ts";
import type { TrainedTokenizer } from "./tokenizerFile.ts";

export interface VocabularyTexts {
  /** Learnt from and encoded. */
  readonly texts: readonly string[];
  /** Learnt from alone. */
  readonly others: readonly string[];
  /** Measured alone. */
  readonly prompts: readonly string[];
}

export interface VocabularySettings {
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

/** Texts come in parts, so that sending them never holds the sender's event loop; the settings come last. */
export type VocabularyMessage = Partial<VocabularyTexts> | VocabularySettings;

const heard = { texts: [] as string[], others: [] as string[], prompts: [] as string[] };

parentPort?.on("message", (message: VocabularyMessage) => {
  if ("vocabularySize" in message) answer(message);
  else for (const kind of ["texts", "others", "prompts"] as const) heard[kind].push(...(message[kind] ?? []));
});

function answer({ vocabularySize, tags }: VocabularySettings): void {
  const trained = trainTokenizer([...heard.texts, ...heard.others], vocabularySize, { names: tags });
  const tokens = runningTokens(heard.texts, trained);
  parentPort?.postMessage(
    { trained, tokens, longestPrompt: longestInTokens(heard.prompts, trained) } satisfies Vocabulary,
    [tokens.buffer as ArrayBuffer],
  );
}
