import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { z } from "zod";
import { CorpusError } from "../corpusError.ts";
import { readOptional } from "./encoderConfig.ts";
import { unreachable } from "../../policy/controlTokens.ts";

const AddedToken = z.looseObject({ content: z.string(), special: z.boolean().default(false) });

/** The part of tokenizer.json that says which tokens a text may become. */
const TokenizerJson = z.looseObject({
  added_tokens: z.array(AddedToken).default([]),
  model: z.looseObject({
    vocab: z.union([z.record(z.string(), z.number()), z.array(z.tuple([z.string(), z.number()]))]),
    unk_token: z.string().nullish(),
  }),
  post_processor: z.unknown(),
});
type TokenizerJson = z.infer<typeof TokenizerJson>;

/**
 * An encoder's tokenizer for plain text: a "[SEP]" or "</s>" in a text is spelt as ordinary characters and never
 * separates.
 */
export interface TextTokenizer {
  /** Token ids, between the special tokens that the model wants around a text. */
  encode(text: string): number[];
}

/** Opens the tokenizer of a Hugging Face folder. */
export async function openTokenizer(folder: string): Promise<TextTokenizer> {
  const read = async <T>(name: string, schema: z.ZodType<T>, absent?: T): Promise<T> => {
    const path = join(folder, name);
    const contents = (await readOptional(path)) ?? absent;
    if (contents === undefined) throw new CorpusError(`${folder} holds no ${name}`);
    const parsed = schema.safeParse(contents);
    if (!parsed.success) throw new CorpusError(`${path}: ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  };
  const configuration = await read("tokenizer_config.json", z.looseObject({}), {});
  const contents = await read("tokenizer.json", TokenizerJson);
  const tokenizer = new Tokenizer(withoutSpecialTokens(contents, namedTokens(configuration)), configuration);
  return { encode: (text) => tokenizer.encode(text.replaceAll(unreachable, "")).ids };
}

/** Special tokens that have a role (cls_token, sep_token, …). */
function namedTokens(configuration: Readonly<Record<string, unknown>>): string[] {
  const Named = z.union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)]);
  return Object.entries(configuration).flatMap(([name, value]) => {
    const token = name.endsWith("_token") ? Named.safeParse(value) : null;
    return token?.success === true ? [token.data] : [];
  });
}

/**
 * Renames the special tokens to names that no text contains; their ids stay. The tokens around a text are found by the
 * new names.
 */
function withoutSpecialTokens(contents: TokenizerJson, named: readonly string[]): TokenizerJson {
  const { model, added_tokens: added } = contents;
  const special = new Set([...added.filter((token) => token.special).map(({ content }) => content), ...named]);
  const hidden = (name: string): string => (special.has(name) ? `${unreachable}${name}` : name);
  // The token for unknown words keeps its name where it is looked up by it.
  const piece = (name: string): string => (name === model.unk_token ? name : hidden(name));
  return {
    ...contents,
    added_tokens: added.map((token) => ({ ...token, content: hidden(token.content) })),
    post_processor: renamed(contents.post_processor, hidden),
    model: {
      ...model,
      vocab: Array.isArray(model.vocab)
        ? model.vocab.map(([name, score]): [string, number] => [piece(name), score])
        : Object.fromEntries(Object.entries(model.vocab).map(([name, id]) => [piece(name), id])),
    },
  };
}

/** A JSON value with all its texts, and names of fields, renamed. */
function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (typeof value === "string") return rename(value);
  if (Array.isArray(value)) return value.map((item: unknown) => renamed(item, rename));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [rename(name), renamed(inner, rename)]));
}
