import type { TrainingSequence, Tokenizer } from "../../policy/port.ts";

/** A piece of text in a supervised example; only what the model itself would write is learnt from. */
export interface ScriptPart {
  readonly author: "model" | "environment";
  readonly text: string;
}

/** A supervised example: prompt, the model's words and what the environment answers, in order. */
export type Script = readonly ScriptPart[];

/** Tokens and loss mask of a script, for the cross-entropy loss. */
export function toTrainingSequence(script: Script, tokenizer: Tokenizer): TrainingSequence {
  const parts = script.map(({ author, text }) => ({
    author,
    tokens: author === "model" ? encodeOwn(text, tokenizer) : tokenizer.encode(text),
  }));
  const tokens = parts.flatMap((part) => part.tokens);
  return {
    tokens,
    lossMask: parts.flatMap(({ author, tokens: own }) => own.map(() => (author === "model" ? 1 : 0))),
    sampledLogProbabilities: tokens.map(() => 0),
    advantage: 0,
  };
}

/** The model's own words may end in the end-of-text token; nothing else that a text spells is a control token. */
function encodeOwn(text: string, tokenizer: Tokenizer): number[] {
  const end = tokenizer.decode([tokenizer.endOfTextId]);
  return text.endsWith(end)
    ? [...tokenizer.encode(text.slice(0, -end.length)), tokenizer.endOfTextId]
    : tokenizer.encode(text);
}
