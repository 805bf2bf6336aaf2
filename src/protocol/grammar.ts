import { formatScore } from "./formatScore.ts";
import { findMalformedSearch } from "./malformedSearch.ts";
import type { MalformedSearch } from "./malformedSearch.ts";
import { findTags } from "./tags.ts";
import type { Tag } from "./tags.ts";

/** A response taken apart. Any text can be parsed; what is missing is empty. */
export interface ParsedResponse {
  /** Why the response's searches are malformed (total −0.1, nothing else scored); null when they are not. */
  readonly malformedSearch: MalformedSearch | null;
  /** The format gate of METHOD §2: one think block at the start, then one answer block, nothing behind. */
  readonly formatValid: boolean;
  /** Share of the format's details that are kept, 0–1; 1 is best. */
  readonly formatScore: number;
  /** What the policy itself wrote in its first think block: queries and documents are left out. */
  readonly thinking: string;
  readonly queries: readonly string[];
  /** Contents of the document blocks. */
  readonly documents: readonly string[];
  /** Content of the only answer block; null when there is none or more than one. */
  readonly answer: string | null;
}

/** Reads a response (METHOD §2), the end-of-text token left out. Never fails. */
export function parseResponse(text: string): ParsedResponse {
  const tags = findTags(text);
  const malformedSearch = findMalformedSearch(text, tags);
  const answers = blocks(text, tags, "answer");
  return {
    malformedSearch,
    formatValid: malformedSearch === null && passesGate(text, tags),
    formatScore: formatScore(text, tags),
    thinking: readThinking(text, tags),
    queries: blocks(text, tags, "search"),
    documents: blocks(text, tags, "document"),
    answer: answers.length === 1 ? (answers[0] ?? null) : null,
  };
}

/** Think and answer tags stand in the one allowed order, with nothing but searches and words between the first two. */
function passesGate(text: string, tags: readonly Tag[]): boolean {
  const outer = tags.filter((tag) => tag.name === "think" || tag.name === "answer");
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

function isTag(tag: Tag, name: Tag["name"], kind: Tag["kind"]): boolean {
  return tag.name === name && tag.kind === kind;
}

/** Contents between an opening tag and the closing tag of the same name that directly follows it. */
function blocks(text: string, tags: readonly Tag[], name: Tag["name"]): string[] {
  return tags.flatMap((tag, index) => {
    const next = tags[index + 1];
    const whole = next !== undefined && isTag(tag, name, "open") && isTag(next, name, "close");
    return whole ? [text.slice(tag.end, next.start).trim()] : [];
  });
}

function readThinking(text: string, tags: readonly Tag[]): string {
  const pieces: string[] = [];
  const start = tags.findIndex((tag) => isTag(tag, "think", "open"));
  for (let index = start; index >= 0 && index < tags.length; index++) {
    const tag = tags[index];
    if (tag === undefined || isTag(tag, "think", "close")) break;
    const own =
      isTag(tag, "think", "open") || (tag.kind === "close" && (tag.name === "search" || tag.name === "document"));
    if (own) pieces.push(text.slice(tag.end, tags[index + 1]?.start ?? text.length).trim());
  }
  return pieces.filter((piece) => piece !== "").join(" ");
}
