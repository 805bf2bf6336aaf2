import { explainError, NotACompletionError, refusedPrompt } from "../../services/languageModelErrors.ts";
import { openAiClient } from "../../services/openAiClient.ts";
import { findService } from "../../services/serviceList.ts";
import { dialects } from "./dialects.ts";
import { readSampled, type Reply } from "./reply.ts";
import type { OpenAiSettings } from "./settings.ts";

/** Sends one request for a stretch of a response; a prompt that the server refuses for itself (too long, filtered) is a refused reply. */
export type Ask = (body: Readonly<Record<string, unknown>>, signal?: AbortSignal) => Promise<Reply>;

/** Times an answer that is no completion is asked for again. */
const oddRetries = 2;

/** Throws ServiceError or LanguageModelRefusedError where the service or its key is not the worker's. */
export function openClient(settings: OpenAiSettings, environment: NodeJS.ProcessEnv): Ask {
  const client = openAiClient(findService(settings.service, environment), settings, environment);
  const path = dialects[settings.dialect].api === "chat" ? "/chat/completions" : "/completions";
  return async (body, signal) => {
    for (let attempt = 0; ; attempt++) {
      try {
        const response = await client.post(path, { body, ...(signal && { signal }) }).asResponse();
        return readSampled(await response.text());
      } catch (error) {
        signal?.throwIfAborted();
        const refused = refusedPrompt(error);
        if (refused !== null) return refusedReply(refused);
        if (error instanceof NotACompletionError && attempt < oddRetries) continue;
        return explainError(error);
      }
    }
  };
}

function refusedReply(refused: string): Reply {
  return { text: "", ids: null, ended: "stop", stopString: null, refused, inputTokens: 0, outputTokens: 0 };
}
