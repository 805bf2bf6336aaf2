import type { ToolCall } from "../../src/domain/toolCall.ts";

/** One answered search that showed the given passages; no call without any. */
export function searchCalls(...passageIds: readonly string[]): ToolCall[] {
  return passageIds.length === 0 ? [] : [searchCall(passageIds)];
}

export function searchCall(passageIds: readonly string[], query = "q"): ToolCall {
  return {
    tool: "search",
    arguments: query,
    status: "answered",
    response: "what was found",
    responseTokens: 5,
    seconds: 0.25,
    error: null,
    payload: { passages: passageIds.map((id) => ({ id, level: null })) },
  };
}
