import type { RunEnvironment } from "../environments/runEnvironment.ts";
import type { Explanation } from "../rewards/explain.ts";
import { short } from "./format.ts";
import { html, rawHtml, type Html } from "./html.ts";
import type { Example } from "./runReport.ts";
import { renderShell } from "./shell.ts";
import { trajectoryView } from "./trajectoryView.ts";

/** A trajectory with what earned its rewards and, token by token, what was learnt from. */
export interface ExplainedExample {
  readonly example: Example;
  readonly explanation: Explanation;
  /** Text of each token by segment. */
  readonly segments: readonly { readonly origin: "policy" | "environment"; readonly tokens: readonly string[] }[];
}

/** Trajectories as one HTML page that needs nothing from outside; bodies are folded, so a thousand stay readable. `caution` is the task's first. */
export function renderTrajectoryPage(
  title: string,
  rows: readonly ExplainedExample[],
  environment: RunEnvironment,
  caution = "",
): string {
  const body = html`<header><h1>${title}</h1><p class="soft">${rows.length} trajectories. ${caution}</p></header>
<main>${rows.map((one) => row(one, environment))}</main>`;
  return renderShell({ title, extraStyle: ".masked { color: var(--soft); text-decoration: line-through; }", body });
}

function row({ example, explanation, segments }: ExplainedExample, environment: RunEnvironment): Html {
  return html`${trajectoryView(example, environment, html`${explained(explanation)}${mask(segments)}`)}`;
}

function explained({ graph, titles, facts }: Explanation): Html {
  return html`<h3>What earned it</h3>
    ${graph === null ? html`<p class="soft">No reference graph to compare with.</p>` : html`<ul>${list("in the reference and stated", graph.matched)}${list("in the reference, not stated", graph.missing)}${list("stated, not in the reference", graph.extra)}</ul>`}
    ${titles !== null && html`<ul>${list("gold documents found", titles.found)}${list("gold documents missed", titles.missed)}</ul>`}
    ${facts !== null && html`<ul>${facts.map(({ fact, support }) => html`<li>${fact}: ${support === null ? "support not read" : `supported with weight ${short(support)}`}</li>`)}</ul>`}`;
}

function list(name: string, items: readonly string[]): Html {
  return html`<li>${name}: ${items.length === 0 ? "none" : items.join(" · ")}</li>`;
}

/** Struck-through tokens were the environment's and are masked out of the loss. */
function mask(segments: ExplainedExample["segments"]): Html {
  const counts = segments.reduce((sum, { origin, tokens }) => ({ ...sum, [origin]: sum[origin] + tokens.length }), {
    policy: 0,
    environment: 0,
  });
  return html`<details><summary>Tokens: ${counts.policy} learnt from, ${counts.environment} masked</summary><div>
    ${segments.map(({ origin, tokens }) => html`<span${origin === "environment" && rawHtml(' class="masked"')}>${tokens.join("·")} </span>`)}</div></details>`;
}
