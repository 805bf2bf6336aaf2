import { z } from "zod";
import type { TokenIds } from "./ggufConfiguration.ts";
import type { Gguf } from "./readGguf.ts";
import { preTokenizers } from "./preTokenizers.ts";

const id = z.number().int().min(0).optional();

/** What is read of tokenizer.ggml.*, by the name behind it. */
const Vocabulary = z.looseObject({
  tokens: z.array(z.string()).min(1),
  token_type: z.array(z.number().int()).optional(),
  merges: z.array(z.string()),
  pre: z.string(),
  bos_token_id: id,
  eos_token_id: z.number().int().min(0),
  eot_token_id: id,
  eom_token_id: id,
  unknown_token_id: id,
  padding_token_id: id,
  add_bos_token: z.boolean().optional(),
  add_eos_token: z.literal(false).optional(),
  add_space_prefix: z.literal(false).optional(),
});
type Vocabulary = z.infer<typeof Vocabulary>;

/** Kinds of tokens (ggml's llama_token_type). Unused ones only fill the rows of the embedding. */
const [control, userDefined, unused] = [3, 4, 5];

/** Control tokens that end a response in every vocabulary that has them, as llama.cpp takes them. */
const customaryEnds = ["<|eot_id|>", "<|im_end|>", "<|end|>", "<|endoftext|>", "<|eom_id|>", "<end_of_turn>"];

export interface GgufTokenizer {
  readonly ids: TokenIds;
  /** Contents of the files of a Hugging Face folder that say how text becomes tokens. */
  readonly files: Readonly<Record<string, string>>;
}

/** The tokenizer and chat template of a GGUF file. Throws for a tokenizer that is not byte-level BPE, or that is cut in an unknown way. */
export function tokenizerOf({ path, metadata }: Gguf): GgufTokenizer {
  const model = metadata["tokenizer.ggml.model"];
  if (model !== "gpt2")
    throw new Error(
      `${path}: its tokenizer is of the kind ${JSON.stringify(model ?? null)}; only byte-level BPE ("gpt2") is supported in GGUF files. Give the model's Hugging Face folder instead`,
    );
  const vocabulary = readVocabulary(path, metadata);
  const pre = preTokenizers[vocabulary.pre];
  if (pre === undefined)
    throw new Error(
      `${path}: tokenizer.ggml.pre is ${JSON.stringify(vocabulary.pre)}, a way of cutting text that is not known; known are ${Object.keys(preTokenizers).join(", ")}`,
    );
  const beginning = vocabulary.add_bos_token ?? pre.beginning;
  if (beginning && vocabulary.bos_token_id === undefined)
    throw new Error(`${path}: a text begins with a token that the file does not name (tokenizer.ggml.bos_token_id)`);
  const named = namedTokens(vocabulary);
  const template = metadata["tokenizer.chat_template"];
  return {
    ids: {
      vocabularySize: vocabulary.tokens.length,
      beginning: vocabulary.bos_token_id ?? null,
      ends: endsOf(vocabulary),
    },
    files: {
      "tokenizer.json": `${JSON.stringify(tokenizerJson(vocabulary, path))}\n`,
      "tokenizer_config.json": `${JSON.stringify({ ...named, add_bos_token: beginning, clean_up_tokenization_spaces: false, tokenizer_class: "PreTrainedTokenizerFast" }, null, 2)}\n`,
      ...(typeof template === "string" ? { "chat_template.jinja": template } : {}),
    },
  };
}

function readVocabulary(path: string, metadata: Gguf["metadata"]): Vocabulary {
  const prefix = "tokenizer.ggml.";
  const own = Object.entries(metadata).flatMap(([name, value]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
  );
  const parsed = Vocabulary.safeParse(Object.fromEntries(own));
  if (!parsed.success) throw new Error(`${path}: ${prefix}*: ${z.prettifyError(parsed.error)}`);
  const { tokens, token_type: types } = parsed.data;
  if (types !== undefined && types.length !== tokens.length)
    throw new Error(`${path}: ${prefix}token_type lists ${types.length} tokens, ${prefix}tokens ${tokens.length}`);
  for (const [name, value] of Object.entries(parsed.data)) {
    if (name.endsWith("_token_id") && typeof value === "number" && value >= tokens.length)
      throw new Error(`${path}: ${prefix}${name} is ${value}, there are ${tokens.length} tokens`);
  }
  return parsed.data;
}

function tokenizerJson(vocabulary: Vocabulary, path: string): Record<string, unknown> {
  const { tokens, token_type: types = [] } = vocabulary;
  const pre = preTokenizers[vocabulary.pre];
  const vocab = new Map<string, number>();
  tokens.forEach((token, index) => {
    if (types[index] === unused) return;
    if (vocab.has(token))
      throw new Error(`${path}: the tokens ${vocab.get(token)} and ${index} have one text, ${JSON.stringify(token)}`);
    vocab.set(token, index);
  });
  const added = tokens.flatMap((content, index) =>
    types[index] === control || types[index] === userDefined
      ? [
          {
            id: index,
            content,
            single_word: false,
            lstrip: false,
            rstrip: false,
            normalized: false,
            special: types[index] === control,
          },
        ]
      : [],
  );
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: pre?.normalizer ?? null,
    pre_tokenizer: pre?.pieces ?? null,
    post_processor: { type: "ByteLevel", add_prefix_space: true, trim_offsets: false, use_regex: true },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: pre?.ignoreMerges ?? false,
      vocab: Object.fromEntries(vocab),
      merges: vocabulary.merges.map((merge) => pairOf(merge, vocab, path)),
    },
  };
}

/** Two tokens that make a third. */
function pairOf(merge: string, vocab: ReadonlyMap<string, number>, path: string): [string, string] {
  const blank = merge.indexOf(" ", 1);
  const pair: [string, string] = [merge.slice(0, blank), merge.slice(blank + 1)];
  if (blank === -1 || ![...pair, pair.join("")].every((token) => vocab.has(token)))
    throw new Error(
      `${path}: tokenizer.ggml.merges has ${JSON.stringify(merge)}, which are not two tokens that make a third`,
    );
  return pair;
}

function namedTokens(vocabulary: Vocabulary): Record<string, string> {
  const roles = {
    bos_token: vocabulary.bos_token_id,
    eos_token: vocabulary.eos_token_id,
    unk_token: vocabulary.unknown_token_id,
    pad_token: vocabulary.padding_token_id,
  };
  return Object.fromEntries(
    Object.entries(roles).flatMap(([role, index]) => {
      const token = index === undefined ? undefined : vocabulary.tokens[index];
      return token === undefined ? [] : [[role, token]];
    }),
  );
}

function endsOf({
  tokens,
  token_type: types = [],
  eos_token_id: eos,
  eot_token_id: eot,
  eom_token_id: eom,
}: Vocabulary): number[] {
  const customary = customaryEnds.flatMap((text) => {
    const index = tokens.indexOf(text);
    return index !== -1 && types[index] === control ? [index] : [];
  });
  return [...new Set([eos, eot, eom, ...customary].filter((index) => index !== undefined))];
}
