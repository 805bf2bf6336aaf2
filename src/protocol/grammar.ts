import { formatScore } from "./formatScore.ts";
import { findMalformedCall } from "./malformedCall.ts";
import type { MalformedCall } from "./malformedCall.ts";
import type { Tag, TagRole, Tags } from "./tags.ts";

/** Text between two tags of a tool. */
export interface ToolText {
  readonly tool: string;
  readonly text: string;
}

/** A response taken apart. Any text can be parsed; what is missing is empty. */
export interface ParsedResponse {
  /** Which of the response's calls is malformed, and why (total −0.1, nothing else scored); null when none is. */
  readonly malformedCall: MalformedCall | null;
  /** The format gate of docs/method.md#trajectory-protocol: one think block at the start, then one answer block, nothing behind. */
  readonly formatValid: boolean;
  /** Share of the format's details that are kept, 0–1; 1 is best. */
  readonly formatScore: number;
  /** What the policy itself wrote in its first think block: calls and their answers are left out. */
  readonly thinking: string;
  /** What tools were asked. */
  readonly calls: readonly ToolText[];
  /** What stands between the tags of answers. */
  readonly responses: readonly ToolText[];
  /** Content of the only answer block; null when there is none or more than one. */
  readonly answer: string | null;
}

/** Reads a response (docs/method.md#trajectory-protocol) that may have the given tags, the end-of-text token left out. Never fails. */
export function parseResponse(text: string, of: Pick<Tags, "find">): ParsedResponse {
  const tags = of.find(text);
  const malformedCall = findMalformedCall(text, tags);
  const answers = blocks(text, tags, "answer");
  return {
    malformedCall,
    formatValid: malformedCall === null && passesGate(text, tags),
    formatScore: formatScore(text, tags),
    thinking: readThinking(text, tags),
    calls: blocks(text, tags, "call"),
    responses: blocks(text, tags, "response"),
    answer: answers.length === 1 ? (answers[0]?.text ?? null) : null,
  };
}

/** Think and answer tags stand in the one allowed order, with nothing but calls and words between the first two. */
function passesGate(text: string, tags: readonly Tag[]): boolean {
  const outer = tags.filter((tag) => tag.role === "think" || tag.role === "answer");
  const [opened, closed, answer, end] = outer;
  if (opened === undefined || closed === undefined || answer === undefined || end === undefined || outer.length > 4)
    return false;
  const inOrder =
    isTag(opened, "think", "open") &&
    isTag(closed, "think", "close") &&
    isTag(answer, "answer", "open") &&
    isTag(end, "answer", "close");
  const blank = (from: number, to: number): boolean => text.slice(from, to).trim() === "";
  return (
    inOrder &&
    blank(0, opened.start) &&
    blank(closed.end, answer.start) &&
    blank(end.end, text.length) &&
    tags.indexOf(end) === tags.indexOf(answer) + 1
  );
}

function isTag(tag: Tag, role: TagRole, kind: Tag["kind"]): boolean {
  return tag.role === role && tag.kind === kind;
}

/** Contents between an opening tag and the closing tag of the same name that directly follows it. */
function blocks(text: string, tags: readonly Tag[], role: TagRole): ToolText[] {
  return tags.flatMap((tag, index) => {
    const next = tags[index + 1];
    const whole =
      next !== undefined && isTag(tag, role, "open") && isTag(next, role, "close") && tag.name === next.name;
    return whole ? [{ tool: tag.tool ?? "", text: text.slice(tag.end, next.start).trim() }] : [];
  });
}

function readThinking(text: string, tags: readonly Tag[]): string {
  const pieces: string[] = [];
  const start = tags.findIndex((tag) => isTag(tag, "think", "open"));
  for (let index = start; index >= 0 && index < tags.length; index++) {
    const tag = tags[index];
    if (tag === undefined || isTag(tag, "think", "close")) break;
    const own =
      isTag(tag, "think", "open") || (tag.kind === "close" && (tag.role === "call" || tag.role === "response"));
    if (own) pieces.push(text.slice(tag.end, tags[index + 1]?.start ?? text.length).trim());
  }
  return pieces.filter((piece) => piece !== "").join(" ");
}
