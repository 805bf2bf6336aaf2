import { points } from "./format.ts";
import { html, type Html } from "./html.ts";
import type { GateOutcome } from "./model.ts";

/** What each gate saw and decided. */
export function gateTable(gates: readonly GateOutcome[]): Html {
  if (gates.length === 0) return html`<p>No gate has been reached yet.</p>`;
  return html`<div class="scroll"><table>
    <tr><th>Gate after</th><th>Decision</th><th class="number">Gain, points</th><th class="number">Interval</th><th class="number">Questions</th><th>Why</th></tr>
    ${gates.map((gate) => html`<tr><td>stage ${gate.stage}</td><td>${gate.decision}</td><td class="number">${gate.gain === null ? "–" : points(gate.gain)}</td><td class="number">${interval(gate)}</td><td class="number">${gate.questions}</td><td>${gate.reason}</td></tr>`)}
  </table></div>
  <p class="soft">A gate compares the stage's end with its start on validation questions that are neither trained on nor part of the result.</p>`;
}

function interval({ low, high }: GateOutcome): string {
  return low === null || high === null ? "–" : `${points(low)} to ${points(high)}`;
}
