import { visibleLine } from "./visible.ts";

/** Everything that the Temporal UI renders as Markdown: current details and summaries. */

/** Signs that Markdown or HTML may read as more than themselves; a colon within a word, an at sign or "www." would make a live link. */
const significant = /[#$&*<>@[\\\]_`|~]|:(?=\S)|(?<=www)\./giu;

/** Text of people, models, corpora and errors inside Markdown: one line, in which nothing is a link, an image, a tag or the end of a table's cell. */
export function markdownText(text: string): string {
  return visibleLine(text).replaceAll(significant, (sign) => `&#${sign.codePointAt(0)};`);
}

/** Longest summary that the server takes, in bytes, with room for the text around it. */
const summaryBytes = 360;

/** The same in a summary, cut to what the server takes. */
export function summaryText(text: string): string {
  let kept = "";
  for (const sign of visibleLine(text)) {
    const next = markdownText(kept + sign);
    if (new TextEncoder().encode(next).length > summaryBytes) return `${markdownText(kept)}…`;
    kept += sign;
  }
  return markdownText(kept);
}
