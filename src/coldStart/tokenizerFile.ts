import type { NewTokenizer } from "../engines/onnx/model/create.ts";
import { searchProtocol } from "../environments/search/searchTags.ts";
import { spelledTags, type Tags } from "../protocol/tags.ts";
import { byteAlphabet } from "./byteAlphabet.ts";
import { learnBytePairs } from "./bytePairs.ts";

export const endOfText = "<eos>";

/** Tokens of their own: the protocol's tags are never cut, and their ids come first. */
export function protocolTokensOf(tags: Pick<Tags, "names">): string[] {
  return ["<pad>", endOfText, ...spelledTags(tags)];
}

export interface TrainedTokenizer extends NewTokenizer {
  /** Tokens that no text is cut within. */
  readonly protocolTokens: readonly string[];
  readonly vocabularySize: number;
  readonly endOfTextId: number;
}

/** A byte-level BPE tokenizer learnt from texts, with the protocol's tags as special tokens (Hugging Face tokenizer.json). */
export function trainTokenizer(
  texts: Iterable<string>,
  vocabularySize: number,
  tags: Pick<Tags, "names"> = searchProtocol,
): TrainedTokenizer {
  const protocolTokens = protocolTokensOf(tags);
  const merges = learnBytePairs(texts, vocabularySize - protocolTokens.length - byteAlphabet.length);
  const tokens = [...protocolTokens, ...byteAlphabet, ...merges.map((pair) => pair.join(""))];
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    protocolTokens,
    vocabularySize: tokens.length,
    endOfTextId: protocolTokens.indexOf(endOfText),
    tokenizer: {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: protocolTokens.map((content, id) => ({
        id,
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      })),
      normalizer: null,
      pre_tokenizer: byteLevel,
      post_processor: null,
      decoder: byteLevel,
      model: {
        type: "BPE",
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges,
      },
    },
    configuration: {
      tokenizer_class: "PreTrainedTokenizerFast",
      clean_up_tokenization_spaces: false,
      eos_token: endOfText,
      pad_token: "<pad>",
    },
  };
}
