import type { Tag } from "./tags.ts";

/**
 * Faults that make a call malformed (docs/method.md#trajectory-protocol):
 * - "own-response": the policy wrote the tag of an answer itself;
 * - "empty": a call that asks nothing;
 * - "nested": another tag inside a call;
 * - "repeated": a tag that closes no call, or a second call before the first was answered.
 */
export type CallFault = "own-response" | "empty" | "nested" | "repeated";

export interface MalformedCall {
  readonly tool: string;
  readonly fault: CallFault;
}

/**
 * The first fault of a response's calls; null when there is none. The environment answers every well-formed call at once, so
 * an answer anywhere else is the policy's own. A call cut off by the end of the text is not malformed (the format gate fails).
 */
export function findMalformedCall(text: string, tags: readonly Tag[]): MalformedCall | null {
  let state: "outside" | "calling" | "called" | "reading" = "outside";
  /** The tool of the call that is open, or was open last. */
  let tool = "";
  for (const [index, tag] of tags.entries()) {
    const opens = tag.kind === "open";
    const own = tag.tool ?? tool;
    if (state === "calling") {
      if (tag.role === "response") return { tool: own, fault: "own-response" };
      if (tag.role !== "call" || tag.tool !== tool || opens) return { tool, fault: "nested" };
      if (text.slice(tags[index - 1]?.end, tag.start).trim() === "") return { tool, fault: "empty" };
      state = "called";
    } else if (state === "reading") {
      if (tag.role !== "response" || tag.tool !== tool || opens) return { tool: own, fault: "own-response" };
      state = "outside";
    } else if (tag.role === "response") {
      if (state !== "called" || tag.tool !== tool || !opens) return { tool: own, fault: "own-response" };
      state = "reading";
    } else if (tag.role === "call") {
      if (!opens || state === "called") return { tool: own, fault: "repeated" };
      state = "calling";
      tool = own;
    } else if (state === "called") {
      state = "outside";
    }
  }
  return null;
}
