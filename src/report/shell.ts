import { html, rawHtml, type Html } from "./html.ts";
import { style } from "./style.ts";

export interface PageShell {
  readonly title: string;
  /** Rules beside the common style sheet. */
  readonly extraStyle?: string;
  readonly body: Html;
}

/** A whole HTML document that needs nothing from outside and runs no script; readable on a phone. */
export function renderShell({ title, extraStyle = "", body }: PageShell): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title><style>${rawHtml(style)}${rawHtml(extraStyle)}</style></head>
<body>${body}</body></html>
`.text;
}
