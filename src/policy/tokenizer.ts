import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { z } from "zod";
import { loadChatTemplate } from "./chatTemplate.ts";
import type { Tokenizer } from "./port.ts";

const SpecialToken = z.union([z.string(), z.object({ content: z.string() })]).nullish();
const TokenizerConfiguration = z.looseObject({ eos_token: SpecialToken });

const WithEnds = z.looseObject({ eos_token_id: z.union([z.number().int(), z.array(z.number().int())]).nullish() });

/** Opens tokenizer.json of a Hugging Face folder; tokenizer_config.json must name the end-of-text token. */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const contents = z.record(z.string(), z.unknown()).parse(await readJson(join(folder, "tokenizer.json")));
  const configurationPath = join(folder, "tokenizer_config.json");
  const configuration = TokenizerConfiguration.parse(await readJson(configurationPath));
  const tokenizer = new HuggingFaceTokenizer(contents, configuration);
  const endOfText = typeof configuration.eos_token === "object" ? configuration.eos_token?.content : configuration.eos_token;
  if (endOfText === undefined) throw new Error(`${configurationPath}: eos_token is missing; it names the token that ends a response`);
  const endOfTextId = tokenizer.token_to_id(endOfText);
  if (endOfTextId === undefined) throw new Error(`${configurationPath}: eos_token "${endOfText}" is not in tokenizer.json`);
  return {
    vocabularySize: 1 + [...tokenizer.get_vocab(true).values()].reduce((a, b) => Math.max(a, b), -1),
    endOfTextId,
    endOfTextIds: new Set([endOfTextId, ...(await configuredEnds(folder))]),
    renderChat: await loadChatTemplate(folder, configuration),
    encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
    // The library refuses to decode nothing.
    decode: (tokens) => (tokens.length === 0 ? "" : tokenizer.decode([...tokens], { skip_special_tokens: false, clean_up_tokenization_spaces: false })),
  };
}

/** What the model's publisher says ends a response: generation_config.json, else config.json, as in transformers. */
async function configuredEnds(folder: string): Promise<number[]> {
  for (const name of ["generation_config.json", "config.json"]) {
    const path = join(folder, name);
    if (!existsSync(path)) continue;
    const parsed = WithEnds.safeParse(await readJson(path));
    if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
    const { eos_token_id: ends } = parsed.data;
    if (ends !== undefined && ends !== null) return [ends].flat();
  }
  return [];
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8");
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path}: not JSON (${error instanceof Error ? error.message : String(error)})`, { cause: error });
  }
}
