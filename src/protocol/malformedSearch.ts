import type { Tag } from "./tags.ts";

/**
 * Faults that make a search malformed (METHOD §2):
 * - "own-document": the policy wrote a document tag itself;
 * - "empty": a search without a query;
 * - "nested": another tag inside a search;
 * - "repeated": a search tag that closes nothing, or a second search before the first was answered.
 */
export type MalformedSearch = "own-document" | "empty" | "nested" | "repeated";

/**
 * The first fault of a response's searches; null when there is none. The environment answers every well-formed search
 * with a document block at once, so a document block anywhere else is the policy's own.
 * A query cut off by the end of the text is no malformed search (the format gate fails).
 */
export function findMalformedSearch(text: string, tags: readonly Tag[]): MalformedSearch | null {
  let state: "outside" | "searching" | "searched" | "reading" = "outside";
  for (const [index, tag] of tags.entries()) {
    const opens = tag.kind === "open";
    if (state === "searching") {
      if (tag.name !== "search") return tag.name === "document" ? "own-document" : "nested";
      if (opens) return "nested";
      if (text.slice(tags[index - 1]?.end, tag.start).trim() === "") return "empty";
      state = "searched";
    } else if (state === "reading") {
      if (tag.name !== "document" || opens) return "own-document";
      state = "outside";
    } else if (tag.name === "document") {
      if (state !== "searched" || !opens) return "own-document";
      state = "reading";
    } else if (tag.name === "search") {
      if (!opens || state === "searched") return "repeated";
      state = "searching";
    } else if (state === "searched") {
      state = "outside";
    }
  }
  return null;
}
