import { html, type Html } from "../../report/html.ts";
import { numeric, table } from "../../report/htmlTable.ts";

const benchmarks = [
  "MedQA-USMLE",
  "MedQA-MCMLE",
  "MedMCQA",
  "RareArena RDC",
  "RareArena RDS",
  "MMLU-Med",
  "NEJMQA",
  "MedXpertQA",
  "mean",
];

const rows: readonly (readonly [string, ...number[]])[] = [
  ["base (naive response)", 31.16, 41.45, 30.02, 41.85, 22.16, 37.12, 50.41, 14.9, 33.63],
  ["SFT", 61.39, 62.1, 63.27, 44.83, 35.2, 63.08, 49.64, 12.72, 49.03],
  ["R1-Searcher", 60.28, 60.92, 63.54, 42.87, 38.65, 70.19, 53.81, 15.73, 50.75],
  ["ReSearch", 62.76, 66.03, 66.25, 46.35, 38.44, 71.27, 53.26, 14.65, 52.38],
  ["Med-R³ (staged)", 75.91, 75.95, 75.89, 57.34, 47.16, 79.07, 60.6, 16.48, 61.05],
];

/** The paper's own results, for reference only. */
export function paperSection(): Html {
  return html`<p class="flag">Not of this study: what the paper (arXiv 2507.23541) reports for LLaMA3.1-8B-Instruct on medical benchmarks, accuracy in %, read off its figure; strict open-ended protocol, one run each. Other model, data and budget: nothing above may be compared with it number by number. It has no joint row at equal budget, which is what this study adds.</p>
    ${table({
      caption: "The paper's results, %",
      columns: [{ title: "method" }, ...benchmarks.map(numeric)],
      groups: [
        { title: null, rows: rows.map(([name, ...values]) => [name, ...values.map((value) => value.toFixed(2))]) },
      ],
    })}`;
}
