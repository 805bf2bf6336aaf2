import type OpenAI from "openai";
import type { LanguageModelConfiguration } from "../configuration/languageModelSettings.ts";
import { readCompletion } from "./completion.ts";
import type { Completion } from "./completion.ts";
import { explainError, refusedPrompt } from "./languageModelErrors.ts";

/** A question to a model. */
export interface Prompt {
  readonly system: string;
  readonly user: string;
}

/** Asks once, with the client's retries of what passes. Throws the errors of readCompletion, and those of a service that refuses or is away. */
export async function sendPrompt(
  client: OpenAI,
  configuration: LanguageModelConfiguration,
  { system, user }: Prompt,
  jsonSchema: Readonly<Record<string, unknown>>,
): Promise<Completion> {
  const { model, temperature, outputLimit } = configuration;
  const request = {
    model,
    ...(temperature !== null && { temperature }),
    ...(outputLimit !== null && { [outputLimit.field]: outputLimit.tokens }),
    messages: [
      { role: "system" as const, content: system },
      { role: "user" as const, content: user },
    ],
    ...responseFormat(configuration, jsonSchema),
  };
  try {
    const response = await client.chat.completions.create(request).asResponse();
    return readCompletion(await response.text());
  } catch (error) {
    const unusable = refusedPrompt(error);
    return unusable === null ? explainError(error) : { unusable, inputTokens: 0, outputTokens: 0 };
  }
}

function responseFormat(
  { responseFormat: kind }: LanguageModelConfiguration,
  schema: Readonly<Record<string, unknown>>,
): Pick<OpenAI.ChatCompletionCreateParams, "response_format"> {
  if (kind === "text") return {};
  return {
    response_format:
      kind === "json_object"
        ? { type: kind }
        : { type: kind, json_schema: { name: "answer", strict: true, schema: { ...schema } } },
  };
}
