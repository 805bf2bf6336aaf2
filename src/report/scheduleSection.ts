import type { Work } from "../schedules/work.ts";
import { html, type Html } from "./html.ts";
import type { RunReport } from "./runReport.ts";
import { numeric, table } from "./htmlTable.ts";

/** What the run's schedule decided, when and why, and what its warm start learnt from. */
export function scheduleSection(report: Pick<RunReport, "configuration" | "decisions" | "warmStartNotes">): Html {
  const { warmStartNotes } = report;
  return html`${scheduleTable(report)}${warmStartNotes.length > 0 && html`<ul>${warmStartNotes.map((note) => html`<li>${note}</li>`)}</ul>`}`;
}

function scheduleTable({ configuration, decisions }: Pick<RunReport, "configuration" | "decisions">): Html {
  if (decisions.length === 0) return html`<p>The schedule has not been asked yet.</p>`;
  return table({
    caption: `Decisions of the schedule ${configuration.schedule.name}`,
    columns: [numeric("After step"), { title: "Decision" }, { title: "Why" }],
    groups: [{ title: null, rows: decisions.map(({ step, work, reason }) => [step, describeWork(work), reason]) }],
  });
}

/** "train reasoner for 80 iterations on 1 · answer + 0.8 · reasoning". */
function describeWork(work: Work): string {
  switch (work.kind) {
    case "train": {
      const { name, iterations, rewards, gate, learns } = work.stage;
      const total = Object.entries(rewards)
        .filter(([, weight]) => (weight ?? 0) > 0)
        .map(([reward, weight]) => `${weight} · ${reward}`);
      const from = learns === "demonstrations" ? learns : total.join(" + ") || "custom rewards";
      return `train ${name} for ${iterations} iterations on ${from}${gate === null ? ", without a gate" : ""}`;
    }
    case "extend":
      return `train on for ${work.iterations} iterations`;
    case "evaluate":
      return "evaluate";
    case "finish":
      return "finish";
  }
}
