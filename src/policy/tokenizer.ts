import { join } from "node:path";
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { beginningOfText } from "./beginning.ts";
import { openChat } from "./chat.ts";
import type { EncodeWords } from "./chat.ts";
import { loadChatTemplate } from "./chatTemplate.ts";
import { controlTokens, unreachable, withoutControlTokens } from "./controlTokens.ts";
import { configuredEnds } from "./generationConfig.ts";
import type { Tokenizer } from "./port.ts";
import { idsOf, readTokenizerFiles } from "./tokenizerFiles.ts";
import type { TokenizerConfiguration, TokenizerFiles, TokenizerJson } from "./tokenizerFiles.ts";
import { messageOf } from "../domain/messageOf.ts";

/**
 * Opens the tokenizer of a Hugging Face folder: tokenizer.json and the files beside it, which must name the end-of-text token.
 * Throws for what would not be honoured, and for a chat template that cannot ask a question or begins the answer itself.
 */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const files = await readTokenizerFiles(folder);
  const tokenizer = construct(files.contents, files.configuration, folder);
  const endOfTextId = endOf(files, join(folder, "tokenizer_config.json"));
  const ids = idsOf(files.contents);
  const vocabularySize = 1 + [...ids.values()].reduce((a, b) => Math.max(a, b), -1);
  const control = controlTokens(files);
  const words = openWords(files, control, vocabularySize, folder);
  const template = await loadChatTemplate(folder, files);
  const chat =
    template === null
      ? null
      : openChat(template, { control, addedTokens: files.contents.added_tokens, encode: words }, folder);
  const encode = (text: string): number[] => words(chat === null ? text : chat.withoutMarkers(text), "first");
  return {
    vocabularySize,
    endOfTextId,
    endOfTextIds: new Set([endOfTextId, ...(await configuredEnds(folder))]),
    beginning: beginningOfText(files, folder),
    unknownId: unknownOf(files),
    renderChat: template,
    encodeChat: chat === null ? null : (messages) => chat.encode(messages),
    encode,
    decode: (tokens) => {
      // Models may have more rows than their tokenizer has tokens; transformers writes nothing for those.
      const known = tokens.filter((token) => tokenizer.id_to_token(token) !== undefined);
      // The library refuses to decode nothing.
      return known.length === 0
        ? ""
        : tokenizer.decode(known, { skip_special_tokens: false, clean_up_tokenization_spaces: false });
    },
  };
}

function openWords(
  { contents, configuration }: TokenizerFiles,
  control: ReadonlyMap<string, number>,
  unusedId: number,
  folder: string,
): EncodeWords {
  const plain = withoutControlTokens(contents, control);
  const start = { id: unusedId, content: unreachable, special: true, single_word: false as const, normalized: false };
  const tokenizer = construct({ ...plain, added_tokens: [...plain.added_tokens, start] }, configuration, folder);
  return (text, place) => {
    const clean = text.replace(/[\ufdd0-\ufdd2]/gu, "\ufffd");
    const { ids } = tokenizer.encode(place === "first" ? clean : `${unreachable}${clean}`, {
      add_special_tokens: false,
    });
    return place === "first" ? ids : ids.slice(1);
  };
}

/** The library's own errors name no file. */
function construct(
  contents: TokenizerJson,
  configuration: TokenizerConfiguration,
  folder: string,
): HuggingFaceTokenizer {
  try {
    return new HuggingFaceTokenizer(contents, configuration);
  } catch (error) {
    throw new Error(`${folder}/tokenizer.json: cannot be used (${messageOf(error)})`, { cause: error });
  }
}

function endOf({ contents, named }: TokenizerFiles, path: string): number {
  const token = named.get("eos_token");
  if (token === undefined) throw new Error(`${path}: eos_token is missing; it names the token that ends a response`);
  const id = idsOf(contents).get(token);
  if (id === undefined) throw new Error(`${path}: eos_token "${token}" is not in tokenizer.json`);
  return id;
}

/** Byte-level models and those that fall back on bytes can write every text, whatever token they name. */
function unknownOf({ contents: { model, ...contents } }: TokenizerFiles): number | null {
  if (model["byte_fallback"] === true) return null;
  if (Array.isArray(model.vocab)) return typeof model["unk_id"] === "number" ? model["unk_id"] : null;
  return typeof model.unk_token === "string" ? (idsOf({ ...contents, model }).get(model.unk_token) ?? null) : null;
}
