import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { loadChatTemplate } from "../../src/policy/chatTemplate.ts";
import { loadTokenizer } from "../../src/policy/tokenizer.ts";
import { promptTokens, renderPrompt } from "../../src/protocol/prompt.ts";
import { Workbench, wordTokenizer } from "../engines/onnx/support.ts";
import { searching } from "../environments/runEnvironments.ts";

const bench = new Workbench();
afterAll(() => bench.clear());

/** What transformers' apply_chat_template gives: made by bench/peers/fixtures.py. */
const fixtures = fileURLToPath(new URL("../engines/onnx/fixtures/chat", import.meta.url));
const Expected = z.array(
  z.object({
    messages: z.array(z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() })),
    rendered: z.string(),
  }),
);

type Configuration = Parameters<typeof loadChatTemplate>[1];
const Token = z
  .union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)])
  .nullish()
  .transform((token) => token ?? "");
const Fields = z.looseObject({ bos_token: Token, eos_token: Token, chat_template: z.unknown().optional() });

async function readConfiguration(folder: string): Promise<Configuration> {
  const configuration = Fields.parse(JSON.parse(await readFile(join(folder, "tokenizer_config.json"), "utf8")));
  return {
    configuration: { chat_template: configuration.chat_template },
    named: new Map([
      ["bos_token", configuration.bos_token],
      ["eos_token", configuration.eos_token],
    ]),
  };
}

/** A world model's folder whose tokenizer_config.json has these fields too. */
async function folderWith(fields: object): Promise<string> {
  const folder = await bench.model();
  await writeFile(join(folder, "tokenizer_config.json"), JSON.stringify({ ...wordTokenizer.configuration, ...fields }));
  return folder;
}

const question = { text: "w1 w2 ?", options: [] };
const oneLine = "{% for message in messages %}{{ message.role }} : {{ message.content }} {% endfor %}assistant :";

describe("a chat template", () => {
  test.each(["llama", "qwen2", "qwen3", "gemma3"])("in the manner of %s renders as in transformers", async (style) => {
    const folder = join(fixtures, style);
    const render = await loadChatTemplate(folder, await readConfiguration(folder));
    const expected = Expected.parse(JSON.parse(await readFile(join(folder, "expected.json"), "utf8")));
    expect(expected.map(({ messages }) => render?.(messages))).toEqual(expected.map(({ rendered }) => rendered));
  });

  test("may be a file, which goes before the one of several in tokenizer_config.json", async () => {
    const several = {
      chat_template: [
        { name: "tool_use", template: "tools" },
        { name: "default", template: "{{ eos_token }}{{ messages[0].content }}" },
      ],
    };
    const folder = await folderWith(several);
    const configuration = await readConfiguration(folder);
    expect((await loadChatTemplate(folder, configuration))?.([{ role: "user", content: "w1" }])).toBe("<eos>w1");
    await writeFile(join(folder, "chat_template.jinja"), "from a file");
    expect((await loadChatTemplate(folder, configuration))?.([])).toBe("from a file");
  });

  test("that refuses a conversation, or is none, says so with the folder", async () => {
    await expect(
      loadTokenizer(await folderWith({ chat_template: "{{ raise_exception('no system role') }}" })),
    ).rejects.toThrow(/med-r3-policy-.*no system role/);
    await expect(loadTokenizer(await folderWith({ chat_template: "{% if %}" }))).rejects.toThrow(
      /chat template cannot be rendered/,
    );
  });

  test.each([
    ["refuses", "{{ raise_exception('System role not supported') }}"],
    ["leaves out", ""],
  ])("that %s system messages gets them with the first question", async (_, system) => {
    const template = `{% for message in messages %}{% if message.role == 'system' %}${system}{% else %}{{ message.role }} : {{ message.content }} {% endif %}{% endfor %}assistant :`;
    const tokenizer = await loadTokenizer(await folderWith({ chat_template: template }));
    const messages = [
      { role: "system", content: "w1 w2" },
      { role: "user", content: "w3" },
    ] as const;
    expect(tokenizer.renderChat?.(messages)).toBe("user : w1 w2\n\nw3 assistant :");
    expect(tokenizer.encodeChat?.(messages)).toEqual(tokenizer.encode("user : w1 w2 w3 assistant :"));
    expect(tokenizer.renderChat?.(messages.slice(1))).toBe("user : w3 assistant :");
  });

  test("is written back with a saved policy", async () => {
    const folder = await folderWith({ chat_template: oneLine });
    await cp(join(fixtures, "qwen2", "chat_template.jinja"), join(folder, "chat_template.jinja"));
    const saved = await bench.folder();
    await (await bench.open({ folder })).save(saved);
    for (const name of ["chat_template.jinja", "tokenizer_config.json"])
      expect(await readFile(join(saved, name), "utf8")).toBe(await readFile(join(folder, name), "utf8"));
  });
});

describe("a prompt", () => {
  test("of a chat model is its template around instructions and question", async () => {
    const tokenizer = await loadTokenizer(await folderWith({ chat_template: oneLine }));
    const messages: { role: "system" | "user" | "assistant"; content: string }[] = [];
    const listening = {
      ...tokenizer,
      encodeChat: (given: readonly (typeof messages)[number][]) => (
        messages.push(...given), tokenizer.encodeChat?.(given) ?? []
      ),
    };
    const prompt = promptTokens(listening, question, searching);
    expect(tokenizer.renderChat?.(messages)).toMatch(
      /^system : .*<think>.*<search>.*<answer>.* user : <question> w1 w2 \? <\/question> assistant :$/,
    );
    expect(prompt).toEqual(tokenizer.encode(tokenizer.renderChat?.(messages) ?? ""));
  });

  test("of a model without a template is the question alone", async () => {
    const tokenizer = await loadTokenizer(await bench.model());
    expect(promptTokens(tokenizer, question, searching)).toEqual(
      tokenizer.encode(renderPrompt(question, searching.tags)),
    );
  });
});
