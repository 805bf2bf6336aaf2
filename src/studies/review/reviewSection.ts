import { short } from "../../report/format.ts";
import { html, type Html } from "../../report/html.ts";
import { numeric, table } from "../../report/htmlTable.ts";
import { agreementText } from "./reviewLines.ts";
import type { ReviewResult } from "./reviewResult.ts";
import { cannotTell, reviewItems } from "./scale.ts";

/** What experts said of the arms, and how far they agree; null where none were asked. */
export function reviewSection(review: ReviewResult | null): Html {
  if (review === null)
    return html`<p>No expert has reviewed trajectories of this study (<code>npm run review</code>).</p>`;
  const { raters, agreement, arms, grader, rows } = review;
  return html`<p>${raters.length} raters read ${rows.length} trajectories, sampled by arm and outcome and blinded: shares below are of the sample, ${rows.filter(({ graded }) => !graded).length} of which the grader called wrong, as the sample was chosen, and say nothing of how often an arm is right. Their “correct” agrees with the task's grader in ${grader.agreed} of ${grader.compared} ratings that say yes or no.</p>
    ${table({
      caption: "Agreement of raters, with bootstrap intervals over trajectories",
      columns: [{ title: "item" }, ...["Krippendorff's alpha", "Cohen's kappa", "could not tell"].map(numeric)],
      groups: [
        {
          title: null,
          rows: agreement.map(({ item, alpha, kappa, cannotTell: unsure }) => [
            questionOf(item),
            agreementText(alpha),
            kappa === null ? "not of two raters" : agreementText(kappa),
            unsure,
          ]),
        },
      ],
    })}${reviewItems.map(({ name, question, categories }) =>
      table({
        caption: question,
        columns: [
          { title: "arm" },
          ...categories.map(({ label }) => numeric(label)),
          ...["cannot tell", "trajectories"].map(numeric),
        ],
        groups: [
          {
            title: null,
            rows: arms
              .filter(({ item }) => item === name)
              .map(({ arm, counts, trajectories }) => [
                arm,
                ...[...categories.map((category) => category.name), cannotTell].map((category) =>
                  short(counts[category] ?? 0),
                ),
                trajectories,
              ]),
          },
        ],
      }),
    )}`;
}

function questionOf(item: string): string {
  return reviewItems.find(({ name }) => name === item)?.question ?? item;
}
