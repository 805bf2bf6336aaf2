import type { ToolCall } from "../domain/toolCall.ts";
import type { RunEnvironment } from "../environments/runEnvironment.ts";
import type { Tag, TagRole, Tags } from "../protocol/tags.ts";
import { short } from "./format.ts";
import { html, type Html } from "./html.ts";
import type { Example } from "./runReport.ts";
import { numeric, table } from "./htmlTable.ts";

/** A run of response text inside one tag, or outside all. */
interface Part {
  readonly role: TagRole | "other";
  /** Whose tag it is; null for thinking, answer and what stands outside. */
  readonly tool: string | null;
  readonly text: string;
}

/** Cuts a response at its tags for reading. Never fails: whatever is malformed shows as it stands. */
export function splitResponse(text: string, tags: Pick<Tags, "find">): Part[] {
  const parts: Part[] = [];
  const open: Tag[] = [];
  let position = 0;
  const take = (end: number): void => {
    const piece = text.slice(position, end).trim();
    const { role, tool } = open.at(-1) ?? { role: "other" as const, tool: null };
    if (piece !== "" && piece !== "<eos>") parts.push({ role, tool, text: piece });
  };
  for (const tag of tags.find(text)) {
    take(tag.start);
    position = tag.end;
    if (tag.kind === "open") open.push(tag);
    else if (open.at(-1)?.name === tag.name) open.pop();
    else parts.push({ role: "other", tool: null, text: text.slice(tag.start, tag.end) });
  }
  take(text.length);
  return parts;
}

function nameOf({ role, tool }: Part): string {
  switch (role) {
    case "think":
      return "Thinking";
    case "answer":
      return "Answer";
    case "call":
      return `Call: ${tool}`;
    case "response":
      return `Answered by ${tool}`;
    case "other":
      return "Outside the protocol";
  }
}

/** One trajectory, folded: question, thinking, calls of tools and their answers, answer, rewards, and what else there is to say of it. */
export function trajectoryView(example: Example, environment: RunEnvironment, more: Html | null = null): Html {
  const { trajectory, score } = example;
  const verdict =
    score.correct === null
      ? html`<span class="soft">not graded</span>`
      : score.correct
        ? html`<span class="right">right</span>`
        : html`<span class="wrong">not right</span>`;
  return html`<details>
    <summary>Stage ${example.stageName}, iteration ${trajectory.iteration} · reward ${short(score.total)} · ${verdict} · ${trajectory.calls.length} calls of tools · ended by ${trajectory.stopReason}</summary>
    <div>
      <h3>Question</h3><p>${example.questionText}</p>
      <p class="soft">Right answer: ${example.rightAnswer}</p>
      ${splitResponse(trajectory.text, environment.tags).map((part) => html`<div class="part ${part.role}"><b>${nameOf(part)}</b>${part.role === "response" ? lines(part, environment) : part.text}</div>`)}
      ${callTable(trajectory.calls)}
      <h3>Rewards</h3>${rewardTable(example)}${more}
    </div>
  </details>`;
}

function lines({ tool, text }: Part, environment: RunEnvironment): Html {
  return html`${environment.lines({ tool: tool ?? "", response: text }).map((line) => html`<div>${line}</div>`)}`;
}

/** What the policy asked its tools, and what became of it. */
function callTable(calls: readonly ToolCall[]): Html | null {
  if (calls.length === 0) return null;
  return html`<h3>Calls of tools</h3>${table({
    caption: "Calls of tools in this trajectory",
    columns: [
      { title: "tool" },
      { title: "arguments" },
      { title: "outcome" },
      numeric("tokens of the answer"),
      numeric("ms"),
      { title: "error" },
    ],
    groups: [
      {
        title: null,
        rows: calls.map(({ tool, arguments: asked, status, responseTokens, seconds, error }) => [
          tool,
          asked,
          status,
          String(responseTokens),
          seconds === null ? "–" : short(seconds * 1000),
          error ?? "",
        ]),
      },
    ],
  })}`;
}

function rewardTable({ score }: Example): Html {
  const rows = Object.entries(score.values);
  return table({
    caption: "Rewards of this trajectory",
    columns: [numeric("total"), ...rows.map(([name]) => numeric(name))],
    groups: [
      {
        title: null,
        rows: [[short(score.total), ...rows.map(([, value]) => (value === null ? "not scored" : short(value)))]],
      },
    ],
  });
}
