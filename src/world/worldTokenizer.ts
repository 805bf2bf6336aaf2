import type { World } from "./facts.ts";
import { protocolWords } from "./vocabulary.ts";

/** Every word of a world's language; a word's index is its token id. */
export function worldWords(world: World): string[] {
  const names = world.fields.flatMap(({ signs, faults, links, causes, remedies }) => [
    ...signs,
    ...[...faults, ...links.flat(), ...causes, ...remedies].map((item) => item.name),
  ]);
  return [...protocolWords(world.domain), ...world.circumstances, ...names];
}

/**
 * Contents of tokenizer.json and tokenizer_config.json (Hugging Face) for a world: one token a word, split at
 * whitespace. WordPiece without continuation pieces does this: a word is in the vocabulary whole or it is unknown.
 */
export function worldTokenizer(world: World): { readonly tokenizer: unknown; readonly configuration: unknown } {
  return {
    tokenizer: {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: { type: "WhitespaceSplit" },
      post_processor: null,
      decoder: null,
      model: {
        type: "WordPiece",
        unk_token: "<unk>",
        continuing_subword_prefix: "##",
        max_input_chars_per_word: 100,
        vocab: Object.fromEntries(worldWords(world).map((word, id) => [word, id])),
      },
    },
    configuration: {
      tokenizer_class: "PreTrainedTokenizerFast",
      clean_up_tokenization_spaces: false,
      eos_token: "<eos>",
      pad_token: "<pad>",
      unk_token: "<unk>",
    },
  };
}
