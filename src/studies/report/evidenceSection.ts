import { short } from "../../report/format.ts";
import { html, type Html } from "../../report/html.ts";
import { numeric, table } from "../../report/htmlTable.ts";
import { lastUpdates } from "./lastUpdates.ts";
import { levelSection } from "./levelSection.ts";
import type { StudyResult } from "../studyResult.ts";
import { meanOf } from "../../domain/mean.ts";

/** What tells of the evidence that answers rest on: searches, those that ask for a band, and the level of what was found (level ÷ 9). */
const wanted = /^(?:search\/(?!level\/)|evidence|reward\/(?:evidence|retrieval|evidential))/u;

/** Evidence used over the last updates, means over the runs of an arm in a regime. */
export function evidenceSection({ study, cells }: Pick<StudyResult, "study" | "cells">): Html {
  const names = [...new Set(cells.flatMap(({ outcome }) => Object.keys(outcome?.curve.metrics ?? {})))].filter((name) =>
    wanted.test(name),
  );
  if (names.length === 0) return html`<p>No run has searched yet.</p>`;
  const rows = study.regimes.flatMap(({ name: regime }) =>
    study.arms.map(({ name: arm }) => {
      const own = cells.filter((cell) => cell.arm === arm && cell.regime === regime);
      const values = names.map((name) => own.flatMap(({ outcome }) => lastUpdates(outcome?.curve.metrics[name] ?? [])));
      return [`${arm}, ${regime}`, ...values.map((some) => short(meanOf(some)))];
    }),
  );
  return html`<p>Means over the last updates. The evidence rewards are shares of the highest level of the hierarchy (level ÷ 9).</p>
    ${table({ caption: "Searches and evidence in training, by arm and regime", columns: [{ title: "arm, regime" }, ...names.map(numeric)], groups: [{ title: null, rows }] })}
    ${levelSection({ study, cells })}`;
}
