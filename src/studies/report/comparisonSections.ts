import { short } from "../../report/format.ts";
import { html, type Html } from "../../report/html.ts";
import { numeric, table } from "../../report/htmlTable.ts";
import { groupBy } from "../statistics/groupBy.ts";
import type { Basis, ComparisonRow, StudySummary } from "../summaryTypes.ts";
import { forest } from "./forest.ts";
import { differenceText, regimesIn } from "./wording.ts";

const nothing = html`<p>No comparison was declared, or no held-out pool has been asked yet.</p>`;

/** For each regime the difference of the first declared comparison, by pool; the others are folded below. */
export function mapSection({ comparisons, pools, confidence }: StudySummary): Html {
  const rows = comparisons.filter(({ basis }) => basis === "updates");
  if (rows.length === 0) return nothing;
  const names = [...new Set(rows.map(({ a, b }) => `${a} − ${b}`))];
  const mapOf = (name: string): Html[] =>
    pools.flatMap((pool) => {
      const own = rows.filter((row) => `${row.a} − ${row.b}` === name && row.pool === pool);
      const labelled = own.map((row) => ({
        label: row.regime ?? `${regimesIn(comparisons, row)} regimes, each counted once`,
        row,
      }));
      return labelled.length === 0 ? [] : [forest(`${name} on ${pool}, by regime`, "regime", labelled)];
    });
  const [first = "", ...others] = names;
  return html`<p>A difference above 0 speaks for the first arm; where the interval crosses 0, or the corrected p is above ${short(1 - confidence)}, the study leaves open which is better.</p>
    ${mapOf(first)}${others.map((name) => html`<details><summary>${name}</summary><div>${mapOf(name)}</div></details>`)}`;
}

/** All declared comparisons over all regimes, then in the regime that has most of them: what each part that was left out is worth. */
export function forestSection({ comparisons, pools }: StudySummary): Html {
  const rows = comparisons.filter(({ basis }) => basis === "updates");
  if (rows.length === 0) return nothing;
  const places = groupBy(rows, ({ regime }) => regime);
  const [most] = [...places].filter(([regime]) => regime !== null).toSorted(([, a], [, b]) => b.length - a.length);
  const shown = [null, most?.[0] ?? null].filter((regime, index) => (index === 0 ? places.has(null) : regime !== null));
  return html`${shown.map((regime) => {
    const own = places.get(regime) ?? [];
    const where = regime === null ? "over all regimes that have both arms" : `in regime ${regime}`;
    const labelOf = (row: ComparisonRow): string =>
      `${row.a} − ${row.b}${regime === null ? `, ${regimesIn(comparisons, row)} regimes` : ""}`;
    return html`<h3>${regime === null ? "Over all regimes" : `Regime ${regime}`}</h3>
      <p>p values are Holm's over these ${own.length} rows (declared comparisons × pools).</p>
      ${pools.map((pool) => {
        const labelled = own.filter((row) => row.pool === pool).map((row) => ({ label: labelOf(row), row }));
        return labelled.length > 0 && forest(`Declared comparisons on ${pool}, ${where}`, "comparison", labelled);
      })}`;
  })}`;
}

const titles: readonly (readonly [Exclude<Basis, "updates">, string])[] = [
  ["tokens", "at equal tokens"],
  ["seconds", "at equal seconds"],
  ["area", "mean over all updates"],
];

/** Accuracy in training at equal tokens and seconds, and over the whole curve. */
export function budgetSection({ comparisons }: StudySummary): Html {
  const places = [...new Set(comparisons.map(({ a, b, regime }) => JSON.stringify([a, b, regime])))];
  const rows = places.map((place) => {
    const [a = "", b = "", regime = null] = JSON.parse(place) as (string | null)[];
    const cells = titles.map(([basis]) =>
      comparisons.find((row) => row.a === a && row.b === b && row.regime === regime && row.basis === basis),
    );
    return [`${a} − ${b}, ${regime ?? "all regimes"}`, ...cells.map((row) => withPairs(row))];
  });
  return html`<p>Held-out pools are asked at stages' ends only, so that these compare accuracy on the questions of training, in points: where the run of a pair that spent less stopped, or over all updates. Seconds depend on the machine and on what else it did.</p>
    ${table({ caption: "Accuracy in training, first arm minus second", columns: [{ title: "comparison" }, ...titles.map(([, title]) => numeric(title))], groups: [{ title: null, rows }] })}`;
}

function withPairs(row: ComparisonRow | undefined): string {
  if (row === undefined || row.difference === null) return "–";
  return `${differenceText(row.difference)}, ${row.pairs} pairs`;
}

/** Every pair that is missing from a comparison, with why; worlds and bases of one cause stand together. */
export function missingSection({ comparisons }: StudySummary): Html {
  const missing = comparisons.flatMap(({ a, b, regime, basis, missing: pairs }) =>
    regime === null ? [] : pairs.map((pair) => ({ ...pair, comparison: `${a} − ${b}, ${regime}`, basis })),
  );
  if (missing.length === 0) return html`<p class="flag fine">No pair of runs is missing from any comparison.</p>`;
  const causes = groupBy(missing, ({ comparison, why }) => JSON.stringify([comparison, why]));
  const rows = [...causes.values()].map((pairs) => [
    pairs[0]?.comparison ?? "",
    distinct(pairs.map(({ world, seed }) => `${world}, seed ${seed}`)),
    pairs[0]?.why ?? "",
    distinct(pairs.map(({ basis }) => basis)),
  ]);
  return table({
    caption: "Pairs of runs that no difference counts",
    columns: [{ title: "comparison" }, { title: "pairs" }, { title: "why" }, { title: "at equal" }],
    groups: [{ title: null, rows }],
  });
}

function distinct(words: readonly string[]): string {
  return [...new Set(words)].join("; ");
}
