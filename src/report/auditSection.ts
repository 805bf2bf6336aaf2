import { environmentOf } from "../environments/environmentOf.ts";
import { signed } from "./format.ts";
import { html, type Html } from "./html.ts";
import { numeric, table } from "./htmlTable.ts";
import type { RunReport } from "./runReport.ts";
import { trajectoryView } from "./trajectoryView.ts";

/** Which part of the reward moved while accuracy did not, stage by stage, with trajectories that show it. */
export function auditSection({ audit: { findings, tooShort }, iterations, configuration }: RunReport): Html {
  if (iterations.length === 0) return html``;
  const environment = environmentOf(configuration);
  const weightIn = (stageName: string, reward: string): string => {
    if (reward === "total") return "the whole";
    const weights: Readonly<Record<string, number | undefined>> =
      configuration.stages.find(({ name }) => name === stageName)?.rewards ?? {};
    return String(weights[reward] ?? 0);
  };
  return html`<h3>Audit</h3>
    <p>Parts of the reward that moved by more than 0.05 from a stage's first fifth to its last while accuracy moved by less, or the other way. This looks back at what happened; it does not say what a longer run would do, and a part may move for good reasons.</p>
    ${tooShort.length > 0 && html`<p class="soft">Too few iterations to tell: ${tooShort.join(", ")}.</p>`}
    ${
      findings.length === 0
        ? html`<p class="flag fine">No part of the reward moved without accuracy.</p>`
        : table({
            caption: "Parts of the reward that moved without accuracy",
            columns: [{ title: "stage" }, { title: "part" }, ...["weight", "moved", "accuracy moved"].map(numeric)],
            groups: [
              {
                title: null,
                rows: findings.map(({ stageName, reward, moved, accuracyMoved }) => [
                  stageName,
                  reward,
                  weightIn(stageName, reward),
                  signed(moved),
                  signed(accuracyMoved),
                ]),
              },
            ],
          })
    }
    ${findings.map(
      ({ stageName, reward, moved, examples }) =>
        examples.length > 0 &&
        html`<p>${stageName}: ${moved > 0 ? `answers that are not right, with the most of “${reward}”` : `right answers, with the least of “${reward}”`}, from the stage's last iteration:</p>${examples.map((example) => trajectoryView(example, environment))}`,
    )}`;
}
