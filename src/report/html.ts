import { visible } from "../output/visible.ts";

/** Markup that is safe to write as it is. Only `html` and `rawHtml` make it. */
export class Html {
  constructor(readonly text: string) {}
}

/** What may stand in a template: text and numbers are escaped, markup and lists of it are not; null and false leave nothing. */
export type HtmlPart = Html | string | number | null | false | readonly HtmlPart[];

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Replaces the five characters that mean something in HTML text and attributes; what is unseen stands as its code. */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/gu, (character) => escapes[character] ?? character);
}

/** A template whose values are escaped: the only way that model and corpus text enters a page. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(strings.reduce((text, string, index) => text + renderPart(parts[index - 1] ?? null) + string));
}

function renderPart(part: HtmlPart): string {
  if (part === null || part === false) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "string" || typeof part === "number") return escapeHtml(String(part));
  return part.map(renderPart).join("");
}

/** Markup from a trusted constant, such as the style sheet. */
export function rawHtml(text: string): Html {
  return new Html(text);
}
