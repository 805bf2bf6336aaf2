import { points } from "./format.ts";
import { html, type Html } from "./html.ts";
import type { Gate } from "../domain/gate.ts";
import { numeric, table } from "./htmlTable.ts";

/** What each gate saw and decided. */
export function gateTable(gates: readonly Gate[]): Html {
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
          gate.name,
          gate.decision,
          points(gate.gain),
          interval(gate),
          gate.questions,
          gate.person === null ? gate.message : `${gate.person.name}: ${gate.person.reason}`,
        ]),
      },
    ],
  });
  return html`${outcomes}
  <p class="soft">A gate compares the stage's end with its start on validation questions that are neither trained on nor part of the result.</p>`;
}

function interval({ low, high }: Gate): string {
  return `${points(low)} to ${points(high)}`;
}
