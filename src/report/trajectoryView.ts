import { short } from "./format.ts";
import { html, type Html } from "./html.ts";
import type { Example } from "./model.ts";
import { numeric, table } from "./table.ts";

/** A run of response text inside one protocol tag, or outside all. */
interface Part {
  readonly kind: "think" | "search" | "document" | "answer" | "other";
  readonly text: string;
}

const names: Readonly<Record<Part["kind"], string>> = {
  think: "Thinking",
  search: "Search",
  document: "Documents",
  answer: "Answer",
  other: "Outside the protocol",
};
const tag = /<(\/?)(think|search|document|answer)>/gu;

/** Cuts a response at its tags for reading. Never fails: whatever is malformed shows as it stands. */
export function splitResponse(text: string): Part[] {
  const parts: Part[] = [];
  const open: Part["kind"][] = [];
  let position = 0;
  const take = (end: number): void => {
    const piece = text.slice(position, end).trim();
    if (piece !== "" && piece !== "<eos>") parts.push({ kind: open.at(-1) ?? "other", text: piece });
  };
  for (const match of text.matchAll(tag)) {
    take(match.index);
    position = match.index + match[0].length;
    const kind = match[2] as Part["kind"];
    if (match[1] === "") open.push(kind);
    else if (open.at(-1) === kind) open.pop();
    else parts.push({ kind: "other", text: match[0] });
  }
  take(text.length);
  return parts;
}

/** One trajectory, folded: question, thinking, searches, documents, answer, rewards, and what else there is to say of it. */
export function trajectoryView(example: Example, more: Html | null = null): Html {
  const { trajectory, score } = example;
  const verdict =
    score.correct === null
      ? html`<span class="soft">not graded</span>`
      : score.correct
        ? html`<span class="right">right</span>`
        : html`<span class="wrong">not right</span>`;
  return html`<details>
    <summary>Stage ${trajectory.stage}, iteration ${trajectory.iteration} · reward ${short(score.total)} · ${verdict} · ${trajectory.searches.length} searches · ended by ${trajectory.stopReason}</summary>
    <div>
      <h3>Question</h3><p>${example.questionText}</p>
      <p class="soft">Right answer: ${example.rightAnswer}</p>
      ${splitResponse(trajectory.text).map((part) => html`<div class="part ${part.kind}"><b>${names[part.kind]}</b>${part.kind === "document" ? passages(part.text) : part.text}</div>`)}
      <h3>Rewards</h3>${rewardTable(example)}${more}
    </div>
  </details>`;
}

/** Passages of a document block stand one below the other. */
function passages(text: string): Html {
  return html`${text.split(" | ").map((passage) => html`<div>${passage}</div>`)}`;
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
