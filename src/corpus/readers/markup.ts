import { decodeHtmlEntities } from "../../domain/text/htmlEntities.ts";
import { closeGaps, subscript, superscript } from "./scripts.ts";

/** A record's text with the few tags that exports leave in it read as a page shows them, and characters for HTML's entities; other signs stay. */
export function markedUpText(text: string): string {
  const lines = decodeHtmlEntities(text)
    .replace(/\r\n?/g, "\n")
    .replace(/[\u00ad\u200b\u2060\ufeff]/g, "");
  if (!lines.includes("<")) return lines;
  const plain = lines
    .replace(/<br\s*\/?>/gi, "\n")
    .replace(/<\/?(?:i|b|em|strong|u)>/gi, "")
    .replace(/<(sup|sub)>([^<>]{0,200})<\/\1>/gi, (_, tag: string, words: string, at: number, all: string) =>
      (tag.toLowerCase() === "sup" ? superscript : subscript)(words, all.slice(Math.max(0, at - 10), at)),
    );
  return closeGaps(plain);
}
