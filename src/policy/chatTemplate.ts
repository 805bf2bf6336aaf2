import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Template } from "@huggingface/jinja";
import { z } from "zod";
import type { ChatMessage } from "./port.ts";

/** Renders a conversation up to where the model's next message begins. */
export type ChatRenderer = (messages: readonly ChatMessage[]) => string;

/** The date that Llama 3.1's template gives where none is known: prompts must not depend on the day of a run. */
const fixedDate = "26 Jul 2024";

const templateFile = "chat_template.jinja";

const Named = z.array(z.object({ name: z.string(), template: z.string() }));
const WithTemplate = z.looseObject({ chat_template: z.union([z.string(), Named]).nullish() });

/**
 * The chat template of a Hugging Face folder: chat_template.jinja, else tokenizer_config.json's (of several the one called
 * "default"); null for a model without one. Throws when the template is not valid.
 */
export async function loadChatTemplate(folder: string, tokenizerConfiguration: object): Promise<ChatRenderer | null> {
  const path = join(folder, templateFile);
  const source = existsSync(path) ? await readFile(path, "utf8") : configured(tokenizerConfiguration);
  if (source === null) return null;
  try {
    const template = new Template(source);
    return (messages) => render(folder, template, { ...specialTokens(tokenizerConfiguration), date_string: fixedDate, messages, add_generation_prompt: true });
  } catch (error) {
    throw templateError(folder, error);
  }
}

function configured(configuration: object): string | null {
  const { chat_template: template } = WithTemplate.parse(configuration);
  if (template === undefined || template === null || typeof template === "string") return template ?? null;
  return template.find(({ name }) => name === "default")?.template ?? null;
}

/** bos_token, eos_token and their like, as texts. */
function specialTokens(configuration: object): Record<string, string> {
  const tokens = Object.entries(configuration).flatMap(([name, value]: [string, unknown]) => {
    const token = name.endsWith("_token") ? z.union([z.string(), z.object({ content: z.string() })]).safeParse(value) : null;
    if (token?.success !== true) return [];
    return [[name, typeof token.data === "string" ? token.data : token.data.content] as const];
  });
  return Object.fromEntries(tokens);
}

function render(folder: string, template: Template, context: Record<string, unknown>): string {
  try {
    return template.render(context);
  } catch (error) {
    throw templateError(folder, error);
  }
}

function templateError(folder: string, error: unknown): Error {
  return new Error(`${folder}: the chat template cannot be rendered (${error instanceof Error ? error.message : String(error)})`, { cause: error });
}
