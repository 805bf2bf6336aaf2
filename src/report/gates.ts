import { points } from "./format.ts";
import { html, type Html } from "./html.ts";
import type { GateOutcome } from "./model.ts";
import { numeric, table } from "./table.ts";

/** What each gate saw and decided. */
export function gateTable(gates: readonly GateOutcome[]): Html {
  if (gates.length === 0) return html`<p>No gate has been reached yet.</p>`;
  const outcomes = table({
    caption: "Gates: gain in accuracy over the stage, and the decision",
    columns: [
      { title: "Gate after" },
      { title: "Decision" },
      numeric("Gain, points"),
      numeric("Interval"),
      numeric("Questions"),
      { title: "Why" },
    ],
    groups: [
      {
        title: null,
        rows: gates.map((gate) => [
          `stage ${gate.stage}`,
          gate.decision,
          gate.gain === null ? "–" : points(gate.gain),
          interval(gate),
          gate.questions,
          gate.reason,
        ]),
      },
    ],
  });
  return html`${outcomes}
  <p class="soft">A gate compares the stage's end with its start on validation questions that are neither trained on nor part of the result.</p>`;
}

function interval({ low, high }: GateOutcome): string {
  return low === null || high === null ? "–" : `${points(low)} to ${points(high)}`;
}
