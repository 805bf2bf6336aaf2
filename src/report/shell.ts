import { createHash } from "node:crypto";
import { html, rawHtml, type Html } from "./html.ts";
import { style } from "./style.ts";

export interface PageShell {
  readonly title: string;
  /** Rules beside the common style sheet. */
  readonly extraStyle?: string;
  readonly body: Html;
  /** The page's one script, a constant of ours: no other can run. None without it. */
  readonly script?: string;
}

/** A whole HTML document that needs nothing from outside and runs no script but its own; readable on a phone. */
export function renderShell({ title, extraStyle = "", body, script }: PageShell): string {
  const allowed =
    script === undefined ? "" : `; script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'${rawHtml(allowed)}">
<title>${title}</title><style>${rawHtml(style)}${rawHtml(extraStyle)}</style></head>
<body>${body}${script !== undefined && html`<script>${rawHtml(script)}</script>`}</body></html>
`.text;
}
