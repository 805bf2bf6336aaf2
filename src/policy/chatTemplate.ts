import { existsSync } from "node:fs";
import { join } from "node:path";
import { Template } from "@huggingface/jinja";
import { z } from "zod";
import type { ChatMessage } from "./port.ts";
import { readJsonSettings, readTextFile } from "../files/jsonFile.ts";
import type { TokenizerFiles } from "./tokenizerFiles.ts";
import { messageOf } from "../domain/messageOf.ts";

/** Renders a conversation up to where the model's next message begins. */
export type ChatRenderer = (messages: readonly ChatMessage[]) => string;

/**
 * Today, for every template that asks: the date that Llama 3.1's gives where none is known. Prompts must not depend on the day of a
 * run, or a resumed run would differ from an undisturbed one.
 */
const fixedDate = new Date(2024, 6, 26);
const fixedDateText = "26 Jul 2024";

const templateFile = "chat_template.jinja";

const Named = z.array(z.object({ name: z.string(), template: z.string() }));
const WithTemplate = z.looseObject({ chat_template: z.union([z.string(), Named]).nullish() });

/**
 * The chat template of a Hugging Face folder: chat_template.jinja, else chat_template.json's, else tokenizer_config.json's (of several
 * the one called "default"); null for a model without one. Throws when the template is not valid.
 */
export async function loadChatTemplate(
  folder: string,
  { configuration, named }: Pick<TokenizerFiles, "configuration" | "named">,
): Promise<ChatRenderer | null> {
  const source = (await fromFile(folder)) ?? configured(configuration, folder);
  if (source === null) return null;
  try {
    // The library's own clock cannot be replaced, only its name.
    const template = new Template(source.replace(/\bstrftime_now\b/g, "strftime_fixed"));
    const fixed = {
      ...Object.fromEntries(named),
      date_string: fixedDateText,
      strftime_fixed: formatFixedDate,
      add_generation_prompt: true,
    };
    return withSystem((messages) => render(folder, template, { ...fixed, messages }));
  } catch (error) {
    throw templateError(folder, error);
  }
}

/** A template without a system role, which refuses such a message or leaves it out, gets it at the beginning of the first question. */
function withSystem(renderer: ChatRenderer): ChatRenderer {
  const probe: ChatMessage[] = [
    { role: "system", content: "\ufdd1" },
    { role: "user", content: "\ufdd2" },
  ];
  try {
    if (renderer(probe).includes("\ufdd1")) return renderer;
  } catch {
    // Whether it renders the question alone is found out when it is asked.
  }
  return (messages) => {
    const [first, second, ...others] = messages;
    return first?.role === "system" && second?.role === "user"
      ? renderer([{ role: "user", content: `${first.content}\n\n${second.content}` }, ...others])
      : renderer(messages);
  };
}

async function fromFile(folder: string): Promise<string | null> {
  const path = join(folder, templateFile);
  if (existsSync(path)) return readTextFile(path);
  const older = join(folder, "chat_template.json");
  return existsSync(older) ? configured(await readJsonSettings(older), folder) : null;
}

function configured(configuration: unknown, folder: string): string | null {
  const parsed = WithTemplate.safeParse(configuration);
  if (!parsed.success) throw new Error(`${folder}: chat_template: ${z.prettifyError(parsed.error)}`);
  const { chat_template: template } = parsed.data;
  if (template === undefined || template === null || typeof template === "string") return template ?? null;
  const found = template.find(({ name }) => name === "default");
  if (found === undefined && template.length > 0)
    throw new Error(
      `${folder}: of its chat templates (${template.map(({ name }) => name).join(", ")}) none is called "default"`,
    );
  return found?.template ?? null;
}

/** Python's strftime, of the fixed date. */
function formatFixedDate(format: string): string {
  const english = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat("en-US", options).format(fixedDate);
  const parts: Readonly<Record<string, string>> = {
    d: "26",
    e: "26",
    m: "07",
    Y: "2024",
    y: "24",
    H: "00",
    I: "12",
    M: "00",
    S: "00",
    p: "AM",
    j: "208",
    F: "2024-07-26",
    "%": "%",
    b: english({ month: "short" }),
    B: english({ month: "long" }),
    a: english({ weekday: "short" }),
    A: english({ weekday: "long" }),
  };
  return format.replace(/%-?(.)/gu, (_whole, letter: string) => {
    const part = parts[letter];
    if (part === undefined) throw new Error(`strftime_now("${format}"): %${letter} is not supported`);
    return part;
  });
}

function render(folder: string, template: Template, context: Record<string, unknown>): string {
  try {
    return template.render(context);
  } catch (error) {
    throw templateError(folder, error);
  }
}

function templateError(folder: string, error: unknown): Error {
  return new Error(`${folder}: the chat template cannot be rendered (${messageOf(error)})`, { cause: error });
}
