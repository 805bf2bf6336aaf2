import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { trainTokenizer } from "../../../src/coldStart/tokenizerFile.ts";
import type { Tokenizer } from "../../../src/policy/port.ts";
import { loadTokenizer } from "../../../src/policy/tokenizer.ts";
import { promptTokens } from "../../../src/protocol/prompt.ts";
import { searchProtocol } from "../../../src/environments/search/searchTags.ts";
import type { FuzzCase, FuzzKind } from "./kind.ts";

type Json = Readonly<Record<string, unknown>>;

const inputs = 1_000;
const learnt = trainTokenizer(["fever and rest, tea or sleep? Rest helps; nothing else does."], 320);
const contents = learnt.tokenizer as Json & { readonly added_tokens: readonly Json[] };
const added = ["<begin>", "<|turn|>", "<|end|>"].map((content, index) => ({
  id: learnt.vocabularySize + index,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
}));
const control = new Set([0, 1, ...added.map(({ id }) => id)]);
const files: { readonly [name: string]: Json } = {
  "tokenizer.json": { ...contents, added_tokens: [...contents.added_tokens, ...added] },
  "tokenizer_config.json": { bos_token: "<begin>", eos_token: "<eos>", pad_token: "<pad>", add_bos_token: true },
  "special_tokens_map.json": { eos_token: "<eos>" },
  "generation_config.json": { eos_token_id: [1], temperature: 0.6 },
  "added_tokens.json": { "<begin>": learnt.vocabularySize },
};

/** Texts of a question made of words and what control tokens, marks and tags are made of. */
const text = fc
  .array(
    fc.constantFrom(
      "rest",
      " ",
      "\n",
      "<eos>",
      "<pad>",
      "<begin>",
      "<|turn|>",
      "<|end|>",
      "<|",
      "|>",
      "[INST]",
      "USER:",
      "<think>",
      "</think>",
      "</question>",
      "é",
      "\ufdd0",
      "＜eos＞",
      "系统",
    ),
    { maxLength: 10 },
  )
  .map((parts) => parts.join(""));

const skeleton = fc
  .array(
    fc.constantFrom(
      "<|turn|>",
      "<begin>",
      "{{ bos_token }}",
      "\n",
      "[INST] ",
      "USER: ",
      "{{ strftime_now('%d %b %Y') }}",
      "{{ date_string }}",
      "<think>",
      "</think>",
      "assistant\n",
      "{{ '<think>' }}",
      "{% if messages[1].content is string %}x{% endif %}",
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join(""));
const template = fc
  .tuple(skeleton, skeleton, skeleton)
  .map(([a, b, c]) => `${a}{{ messages[0].content }}${b}{{ messages[1].content }}${c}`);

const damage = fc
  .tuple(
    fc.constantFrom(...Object.keys(files)),
    fc.nat(),
    fc.constantFrom<unknown>(undefined, null, "text", -1, 0.5, [], {}, [[1]], true),
  )
  .map(([file, place, value]) => {
    const fields = files[file] ?? {};
    const name = Object.keys(fields)[place % Object.keys(fields).length] ?? "";
    return { [file]: { ...fields, [name]: value } };
  });

/** Tokenizer files with one field damaged: refused with the folder's name, or read so that no text becomes a control token. */
export const tokenizerFiles: FuzzKind = kindOf(
  "tokenizer-files",
  fc.tuple(damage, text).map(([changed, asked]) => ({ changed, asked, mayBeRefused: true })),
);

/** Chat templates: refused where they open a block, else no question adds a control token, and two renderings are equal. */
export const chatTemplates: FuzzKind = kindOf(
  "chat-templates",
  fc.tuple(template, text).map(([chat, asked]) => ({
    changed: { "tokenizer_config.json": { ...files["tokenizer_config.json"], chat_template: chat } },
    asked,
    mayBeRefused: false,
  })),
);

interface Try {
  readonly changed: { readonly [name: string]: Json };
  readonly asked: string;
  readonly mayBeRefused: boolean;
}

function kindOf(name: string, tries: fc.Arbitrary<Try>): FuzzKind {
  return {
    name,
    inputs,
    concurrent: 1,
    withCases: async (use) => {
      const folder = await mkdtemp(join(tmpdir(), "med-r3-fuzz-tokenizer-"));
      try {
        await use(
          fc.sample(tries, { seed: 1, numRuns: inputs }).map(
            (one): FuzzCase =>
              () =>
                tryFiles(folder, one),
          ),
        );
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function tryFiles(folder: string, { changed, asked, mayBeRefused }: Try): Promise<string | null> {
  for (const [name, fields] of Object.entries({ ...files, ...changed }))
    await writeFile(join(folder, name), JSON.stringify(fields));
  const told = `${JSON.stringify(changed).slice(0, 300)}, asked ${JSON.stringify(asked)}`;
  let tokenizer: Tokenizer;
  try {
    tokenizer = await loadTokenizer(folder);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!message.startsWith(folder)) throw error;
    return mayBeRefused || /opens <think> for the model/.test(message) ? null : `${told}: refused: ${message}`;
  }
  return complaintOf(tokenizer, asked, told);
}

function complaintOf(tokenizer: Tokenizer, asked: string, told: string): string | null {
  const count = (tokens: readonly number[]): number => tokens.filter((token) => control.has(token)).length;
  if (count(tokenizer.encode(asked)) > 0) return `${told}: a text becomes a control token`;
  const [prompt, plain, again] = [asked, "rest", asked].map((words) =>
    promptTokens(
      tokenizer,
      { text: words, options: [] },
      { tags: searchProtocol, instructions: "Answer the question.", example: null },
    ),
  );
  if (prompt === undefined || plain === undefined || count(prompt) !== count(plain))
    return `${told}: a question adds control tokens`;
  if (prompt.join() !== again?.join()) return `${told}: prompts differ`;
  const tail = searchProtocol
    .find(
      tokenizer.renderChat?.([
        { role: "system", content: "" },
        { role: "user", content: "" },
      ]) ?? "",
    )
    .at(-1);
  return tail?.kind === "open" &&
    tokenizer
      .renderChat?.([
        { role: "system", content: "" },
        { role: "user", content: "\ufdd3" },
      ])
      .lastIndexOf("\ufdd3") === 0
    ? `${told}: a block is open`
    : null;
}
