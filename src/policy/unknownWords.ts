import type { Tokenizer } from "./port.ts";

/** The words of a text that a model's vocabulary lacks, each once: it reads all of them alike. */
export function unknownWords(text: string, tokenizer: Pick<Tokenizer, "encode" | "unknownId">): string[] {
  const { unknownId } = tokenizer;
  if (unknownId === null) return [];
  const words = new Set(text.split(/\s+/u).filter((word) => word !== ""));
  return [...words].filter((word) => tokenizer.encode(word).includes(unknownId));
}
