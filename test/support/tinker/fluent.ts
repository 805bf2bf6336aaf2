import { toTrainingSequence } from "../../../src/world/base/script.ts";
import type { Tokenizer } from "../../../src/policy/port.ts";
import type { Bigram } from "./bigram.ts";

/** A response with a search in it, as a bigram can say it: every token but the last of a tag leads on by itself. */
const responses = (end: string): string[] => [
  `<think> fever <search> fever </search>`,
  ` fever </think> <answer> A </answer>${end}`,
  ` fever </think> <answer> B </answer>${end}`,
  `<think> cough </think> <answer> C </answer>${end}`,
];

/** Makes a bigram write responses that pass the format gate now and then, search, and differ: counts of pairs in a few texts, smoothed. */
export function makeFluent({ size, weights }: Bigram, tokenizer: Tokenizer): void {
  const counts = new Float64Array(size * size).fill(0.01);
  const opening = tokenizer.encode("</question>").at(-1) ?? 0;
  const closing = tokenizer.encode("</documents>").at(-1) ?? 0;
  for (const text of responses(tokenizer.decode([tokenizer.endOfTextId]))) {
    const { tokens } = toTrainingSequence([{ author: "model", text }], tokenizer);
    let last = text.startsWith("<think>") ? opening : closing;
    for (const token of tokens) {
      counts[last * size + token] = (counts[last * size + token] ?? 0) + 20;
      last = token;
    }
  }
  for (const [at, count] of counts.entries()) weights[at] = Math.log(count);
}
