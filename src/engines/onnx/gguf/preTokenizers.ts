/** How a text is cut before pairs are merged, in the terms of tokenizer.json, and what goes with it. */
export interface PreTokenizer {
  readonly normalizer: unknown;
  readonly pieces: unknown;
  /** Whether a piece that is a token counts as one without merging. */
  readonly ignoreMerges: boolean;
  /** Whether the beginning-of-text token comes first when the file does not say. */
  readonly beginning: boolean;
}

const bytes = (useRegex: boolean): unknown => ({
  type: "ByteLevel",
  add_prefix_space: false,
  trim_offsets: false,
  use_regex: useRegex,
});
const split = (regex: string): unknown => ({
  type: "Split",
  pattern: { Regex: regex },
  behavior: "Isolated",
  invert: false,
});
const sequence = (...pretokenizers: unknown[]): unknown => ({ type: "Sequence", pretokenizers });

/** Contractions, words, numbers of at most so many digits, other signs, blanks. */
const wordsOf = (digits: string): string =>
  String.raw`(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}${digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const tekkenWords = String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

const gpt2: PreTokenizer = { normalizer: null, pieces: bytes(true), ignoreMerges: false, beginning: false };
const smollm: PreTokenizer = { ...gpt2, pieces: sequence(split(String.raw`\p{N}`), bytes(true)) };
const llama3: PreTokenizer = {
  normalizer: null,
  pieces: sequence(split(wordsOf("{1,3}")), bytes(false)),
  ignoreMerges: true,
  beginning: true,
};
const deepseekQwen: PreTokenizer = { ...gpt2, pieces: sequence(split(wordsOf("")), bytes(false)) };

/** By the name that GGUF files give in tokenizer.ggml.pre (the names of llama.cpp). */
export const preTokenizers: Readonly<Record<string, PreTokenizer>> = {
  "gpt-2": gpt2,
  smollm,
  "llama-bpe": llama3,
  llama3,
  "llama-v3": llama3,
  qwen2: { ...deepseekQwen, normalizer: { type: "NFC" } },
  "deepseek-r1-qwen": deepseekQwen,
  tekken: { ...llama3, pieces: sequence(split(tekkenWords), bytes(false)) },
};
