import { relationsOf } from "./domain.ts";
import type { Domain } from "./domain.ts";

/** What a search shows that found nothing, and the answer that abstains. */
export const nothing = "none";

/** Every word of a world's language that is not an invented name; the order fixes token ids. */
export function protocolWords(domain: Domain): readonly string[] {
  const { words, scale } = domain;
  return [
    "<pad>",
    "<eos>",
    "<unk>",
    "<question>",
    "</question>",
    "<think>",
    "</think>",
    "<search>",
    "</search>",
    "<document>",
    "</document>",
    "<answer>",
    "</answer>",
    ".",
    "|",
    "?",
    words.joins,
    nothing,
    "failed",
    words.remedies,
    ...scale.bands.map(({ word }) => word),
    ...relationsOf(domain),
    ...scale.levels.map(({ name }) => name),
  ];
}
