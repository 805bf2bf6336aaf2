import type { Notice } from "../../domain/passage.ts";

/** What stands before or behind a title, as publishers and PubMed put it there. */
const retracted = [
  /^\W*(?:retracted|withdrawn)\b[^:\]]{0,20}(?:[:\]]|\s[–—-]\s)/i,
  /[([]\s*(?:retracted|withdrawn)(?: (?:article|paper|publication))?\s*[)\]]\s*\.?$/i,
  /^[^\p{L}]*已?(?:撤稿|撤回|撤销|撤銷)[^:：\]】]{0,10}[:：\]】]|[([（【]已?(?:撤稿|撤回)[)\]）】]$/u,
];
const doubted = /^\W*expressions? of concern\b[^:\]]{0,20}[:\]]/i;

/** What a title says of its own article: "RETRACTED: …", "[Retracted] …", "… (retracted)", "撤稿：…", "Expression of Concern: …". */
export function noticeOfTitle(title: string): Notice | null {
  if (retracted.some((pattern) => pattern.test(title))) return "retracted";
  return doubted.test(title) ? "concern" : null;
}
