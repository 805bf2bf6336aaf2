import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJsonFile, readJsonSettings } from "../files/jsonFile.ts";

/** A token that tokenizer.json adds to its model's vocabulary. */
const AddedToken = z.looseObject({
  id: z.number().int().min(0),
  content: z.string().min(1),
  special: z.boolean().default(false),
  // The library splits at such a token wherever it stands.
  single_word: z.literal(false).default(false),
});
export type AddedToken = z.infer<typeof AddedToken>;

const Model = z.looseObject({
  vocab: z.union([z.record(z.string(), z.number().int().min(0)), z.array(z.tuple([z.string(), z.number()]))]),
  merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])).optional(),
  unk_token: z.string().nullish(),
  // Dropout encodes a text differently each time.
  dropout: z.literal(0).nullish(),
});

/** Contents of tokenizer.json. */
const TokenizerJson = z.looseObject({
  added_tokens: z.array(AddedToken).default([]),
  model: Model,
  normalizer: z.unknown().default(null),
  pre_tokenizer: z.unknown().default(null),
  post_processor: z.unknown().default(null),
  decoder: z.unknown().default(null),
});
export type TokenizerJson = z.infer<typeof TokenizerJson>;

const NamedToken = z.union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)]);
const NamedTokens = z.union([
  z.array(NamedToken),
  z.record(z.string(), NamedToken).transform((tokens) => Object.values(tokens)),
]);

/** What is read of tokenizer_config.json. */
const TokenizerConfiguration = z.looseObject({
  add_bos_token: z.boolean().nullish(),
  add_eos_token: z.boolean().nullish(),
  added_tokens_decoder: z.record(z.string().regex(/^\d+$/), AddedToken.omit({ id: true })).nullish(),
  additional_special_tokens: NamedTokens.nullish(),
  extra_special_tokens: NamedTokens.nullish(),
});
export type TokenizerConfiguration = z.infer<typeof TokenizerConfiguration>;

/** What a folder says of its tokenizer. */
export interface TokenizerFiles {
  readonly contents: TokenizerJson;
  readonly configuration: TokenizerConfiguration;
  /** Tokens with a part to play (bos_token, eos_token, …) by that part's name; "unk_token" among them. */
  readonly named: ReadonlyMap<string, string>;
  /** Further tokens that the publisher calls special. */
  readonly special: readonly string[];
}

/** Reads tokenizer.json, tokenizer_config.json, special_tokens_map.json and added_tokens.json. Throws where they are wrong, or contradict each other. */
export async function readTokenizerFiles(folder: string): Promise<TokenizerFiles> {
  const contents = parse(
    TokenizerJson,
    await readJsonFile(join(folder, "tokenizer.json")),
    join(folder, "tokenizer.json"),
  );
  const configurationPath = join(folder, "tokenizer_config.json");
  const configuration = parse(TokenizerConfiguration, await readJsonSettings(configurationPath), configurationPath);
  const vocabulary = idsOf(contents);
  const further = await addedElsewhere(folder, configuration);
  const missing = further.filter((token) => !contents.added_tokens.some(({ content }) => content === token.content));
  for (const { content, id } of further) {
    const own = vocabulary.get(content);
    if (own !== undefined && own !== id)
      throw new Error(
        `${folder}: the token ${JSON.stringify(content)} is ${own} in tokenizer.json and ${id} beside it`,
      );
  }
  return {
    contents: { ...contents, added_tokens: [...contents.added_tokens, ...missing] },
    configuration,
    named: await namedTokens(folder, configuration),
    special: [...(configuration.additional_special_tokens ?? []), ...(configuration.extra_special_tokens ?? [])],
  };
}

/** Ids of all tokens, added ones too. */
export function idsOf({ model, added_tokens: added }: TokenizerJson): Map<string, number> {
  const own = Array.isArray(model.vocab)
    ? model.vocab.map(([piece], id) => [piece, id] as const)
    : Object.entries(model.vocab);
  return new Map([...own, ...added.map(({ content, id }) => [content, id] as const)]);
}

/** Tokens added by the files beside tokenizer.json. */
async function addedElsewhere(
  folder: string,
  { added_tokens_decoder: decoder }: TokenizerConfiguration,
): Promise<AddedToken[]> {
  const path = join(folder, "added_tokens.json");
  const older = existsSync(path)
    ? parse(z.record(z.string(), z.number().int().min(0)), await readJsonFile(path), path)
    : {};
  const configured = Object.entries(decoder ?? {}).map(([id, token]) => ({ ...token, id: Number(id) }));
  const known = new Set(configured.map(({ content }) => content));
  return [
    ...configured,
    ...Object.entries(older).flatMap(([content, id]) =>
      known.has(content) ? [] : [{ id, content, special: false, single_word: false as const }],
    ),
  ];
}

async function namedTokens(folder: string, configuration: TokenizerConfiguration): Promise<Map<string, string>> {
  const path = join(folder, "special_tokens_map.json");
  const map = existsSync(path) ? parse(z.record(z.string(), z.unknown()), await readJsonSettings(path), path) : {};
  const [tokens, older] = [tokensIn(configuration), tokensIn(map)];
  for (const [name, token] of older) {
    const own = tokens.get(name);
    if (own !== undefined && own !== token)
      throw new Error(
        `${folder}: ${name} is ${JSON.stringify(own)} in tokenizer_config.json and ${JSON.stringify(token)} in special_tokens_map.json; make them agree`,
      );
    tokens.set(name, token);
  }
  return tokens;
}

function tokensIn(fields: Readonly<Record<string, unknown>>): Map<string, string> {
  return new Map(
    Object.entries(fields).flatMap(([name, value]) => {
      const token = name.endsWith("_token") ? NamedToken.safeParse(value) : null;
      return token?.success === true ? [[name, token.data] as const] : [];
    }),
  );
}

function parse<T>(schema: z.ZodType<T>, contents: unknown, path: string): T {
  const parsed = schema.safeParse(contents);
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
