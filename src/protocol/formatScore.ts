import type { Tag, TagRole } from "./tags.ts";

/**
 * Share of the format's details that a response keeps, 0–1 (ours; docs/method.md#rewards leaves the format score open).
 * Each detail counts the same; the gate is the stricter question.
 */
export function formatScore(text: string, tags: readonly Tag[]): number {
  const count = (role: TagRole, kind: Tag["kind"]): number =>
    tags.filter((tag) => tag.role === role && tag.kind === kind).length;
  const content = (role: TagRole): string => {
    const start = tags.findIndex((tag) => tag.role === role && tag.kind === "open");
    const end = tags.findIndex((tag, index) => index > start && tag.role === role && tag.kind === "close");
    return start < 0 || end < 0 ? "" : text.slice(tags[start]?.end, tags[end]?.start).trim();
  };
  const thinkingEnd = tags.findLast((tag) => tag.role === "think" && tag.kind === "close")?.end ?? 0;
  const details = [
    text.trimStart().startsWith("<think>"),
    count("think", "open") === 1 && count("think", "close") === 1,
    count("answer", "open") === 1 && count("answer", "close") === 1,
    text.trimEnd().endsWith("</answer>"),
    content("think") !== "",
    content("answer") !== "",
    count("call", "open") === count("call", "close"),
    tags.every((tag) => tag.role !== "call" || tag.start < thinkingEnd),
  ];
  return details.filter(Boolean).length / details.length;
}
