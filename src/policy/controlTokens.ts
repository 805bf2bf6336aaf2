import { knownTags } from "../environments/environmentRegistry.ts";
import { spelledTags } from "../protocol/tags.ts";
import { idsOf } from "./tokenizerFiles.ts";
import type { TokenizerFiles, TokenizerJson } from "./tokenizerFiles.ts";

/** Added tokens that are but words: a vocabulary may be enlarged by them, or have runs of blanks. */
const wordLike = /^[\p{L}\p{M}\p{N}\s\u2581'’.,-]+$/u;

/**
 * Ids of the tokens that steer a model, by their text: ends of texts and turns, roles, calls of tools. Those are the tokens that
 * the tokenizer's files call special or name for a part, and added tokens that do not read as words. The tags of the protocol and of tools
 * are not among them: some vocabularies have them as tokens of their own, and texts that others wrote are freed of them before they get here.
 */
export function controlTokens({ contents, named, special }: TokenizerFiles): Map<string, number> {
  const added = contents.added_tokens
    .filter((token) => token.special || !wordLike.test(token.content))
    .map(({ content }) => content);
  const ids = idsOf(contents);
  const protocolTags = new Set(spelledTags(knownTags()));
  return new Map(
    [...added, ...named.values(), ...special].flatMap((content) => {
      const id = ids.get(content);
      return id === undefined || protocolTags.has(content) ? [] : [[content, id] as const];
    }),
  );
}

/**
 * The tokenizer's file with its control tokens out of reach of any text: they are added no longer, no merge leads to them, and
 * the vocabulary holds them under names that no text has. Whatever a text spells is encoded as words, with all ids as before.
 */
export function withoutControlTokens(contents: TokenizerJson, control: ReadonlyMap<string, number>): TokenizerJson {
  const { model } = contents;
  // What stands for unknown words keeps its name where words are looked up by it.
  const rename = (piece: string): string =>
    control.has(piece) && piece !== model.unk_token ? `${unreachable}${piece}` : piece;
  const vocab = Array.isArray(model.vocab)
    ? model.vocab.map(([piece, score]): [string, number] => [rename(piece), score])
    : Object.fromEntries(Object.entries(model.vocab).map(([piece, id]) => [rename(piece), id]));
  const merges = model.merges?.filter(
    (merge) => !control.has((typeof merge === "string" ? merge.split(" ") : merge).join("")),
  );
  return {
    ...contents,
    post_processor: null,
    added_tokens: contents.added_tokens.filter(({ content }) => !control.has(content)),
    model: { ...model, vocab, ...(merges === undefined ? {} : { merges }) },
  };
}

/** Begins names that no text has: a noncharacter, which texts lose before they are encoded. */
export const unreachable = "\ufdd0";
