import { short } from "../../report/format.ts";
import { html, type Html } from "../../report/html.ts";
import { numeric, table } from "../../report/htmlTable.ts";
import type { CellVersions, StudyResult } from "../studyResult.ts";
import type { Reached, StudySummary } from "../summaryTypes.ts";

/** Whether the median run of an arm got there. Arms that learn demonstrations train without answering. */
function reachedText({ runs, reached }: Reached, updates: number, finished: number): string {
  if (runs > 0) return `${reached} of ${runs}`;
  if (finished === 0) return "–";
  return updates === 0 ? "not trained" : "no accuracy in training";
}

/** What each arm took in each regime, and when it reached 80 % in training. */
export function costSection({ learning }: StudySummary, { budgets }: Pick<StudyResult, "budgets">): Html {
  const updatesOf = new Map(budgets.map(({ arm, budget }) => [arm, budget.updates]));
  return html`${table({
    caption: "What each arm is given",
    columns: [{ title: "arm" }, ...["updates", "optimiser steps", "questions", "samples"].map(numeric)],
    groups: [
      {
        title: null,
        rows: budgets.map(({ arm, budget }) => [
          arm,
          budget.updates,
          budget.optimizerSteps,
          budget.questions,
          budget.samples,
        ]),
      },
    ],
  })}${table({
    caption: "What a run took, mean, and when the median run reached 80 % in training",
    columns: [
      { title: "arm, regime" },
      ...[
        "runs",
        "tokens, evaluations included",
        "seconds of work",
        "money",
        "reached 80 %",
        "updates until then",
        "tokens of training until then",
      ].map(numeric),
    ],
    groups: [
      {
        title: null,
        rows: learning.map(({ arm, regime, runs, tokens, seconds, money, reached }) => [
          `${arm}, ${regime}`,
          runs,
          short(tokens),
          short(seconds),
          money === null ? "no price" : short(money),
          reachedText(reached, updatesOf.get(arm) ?? 0, runs),
          short(reached.updates),
          short(reached.tokens),
        ]),
      },
    ],
  })}<p class="soft">80 % is of all answers right. Where half of the runs or more never reached it, the median is not known: a dash.</p>`;
}

const fields: readonly (keyof CellVersions)[] = ["package", "commit", "node", "processor", "engine", "data"];

/** The declaration with its hash, and the versions of all finished runs. */
export function settingsSection({ study, studyHash, cells }: Pick<StudyResult, "study" | "studyHash" | "cells">): Html {
  const versions = cells.flatMap(({ outcome }) => (outcome === null ? [] : [outcome.versions]));
  const rows = fields.map((field) => {
    const values = [...new Set(versions.map((one) => one[field] ?? "not known"))];
    return [
      field,
      values.length > 3 ? `${values.slice(0, 3).join("; ")}; … (${values.length} in all)` : values.join("; "),
    ];
  });
  return html`<p>SHA-256 of the declaring file: <code>${studyHash}</code>. Another file is another study.</p>
    ${table({ caption: "Versions of the finished runs", columns: [{ title: "of" }, { title: "versions" }], groups: [{ title: null, rows }] })}
    <pre role="region" aria-label="Declaration" tabindex="0">${JSON.stringify(study, null, 2)}</pre>`;
}
