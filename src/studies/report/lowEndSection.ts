import { percent } from "../../report/format.ts";
import { html, type Html } from "../../report/html.ts";
import { numeric, table } from "../../report/htmlTable.ts";
import { endsLow } from "../lowEndRows.ts";
import type { StudySummary } from "../summaryTypes.ts";
import { differenceText } from "./wording.ts";

/** Differences where one of two arms ended low, in either direction. */
export function lowEndSection({ lowEnds, pools }: StudySummary): Html {
  if (lowEnds.length === 0) return html`<p>No two arms that train are compared.</p>`;
  const share = percent(endsLow).replace(".0", "");
  const rows = pools.map((pool) => ({
    title: pool,
    rows: lowEnds
      .filter((row) => row.pool === pool)
      .map(({ a, b, low, difference, pairs }) => [`${a} − ${b}`, low, differenceText(difference), pairs]),
  }));
  return html`<p>Pairs of runs on worlds where one of the two ended below ${share}, over all regimes, each counted once. Worlds chosen by an arm's own low end are chosen by its bad luck too, so that the other arm looks better on them than it is: read the two rows of a comparison together. No p value is given for that reason.</p>
    ${table({
      caption: `Difference at equal updates where one of two arms ended below ${share}`,
      columns: [
        { title: "comparison" },
        { title: "ended low" },
        numeric("difference (interval), points"),
        numeric("pairs"),
      ],
      groups: rows,
    })}`;
}
