import { percent } from "./format.ts";
import { html, type Html } from "./html.ts";
import type { BenchmarkResult } from "./runReport.ts";
import { numeric, table, type Row } from "./htmlTable.ts";

/** Public benchmarks: accuracy with standard error, several samples, contamination, and the breakdown by tag. */
export function benchmarkTable(results: readonly BenchmarkResult[]): Html {
  if (results.length === 0)
    return html`<p>No public benchmark has been asked. The workflow <code>evaluate</code> asks them: see docs/rewards.md.</p>`;
  return html`<p>Accuracy with its standard error over questions. Contaminated questions stand among the training questions, whole or nearly (most of what is rare in them).</p>
    ${table({ caption: "Public benchmarks by checkpoint", columns, groups: [{ title: null, rows: results.map(row) }] })}
    ${results.filter(({ metrics }) => breakdownOf(metrics).length > 0).map(breakdownTable)}`;
}

const columns = [
  { title: "Benchmark" },
  { title: "checkpoint" },
  ...["questions", "accuracy", "pass@k, majority", "contaminated"].map(numeric),
];

function row({ name, checkpoint, metrics }: BenchmarkResult): Row {
  const figure = (key: string): number | null => metrics[key] ?? null;
  const several = Object.entries(metrics)
    .filter(([key]) => key.startsWith("pass@") || key === "majority")
    .map(([key, value]) => `${key} ${percent(value)}`);
  const contaminated = (figure("contamination/same") ?? 0) + (figure("contamination/near") ?? 0);
  const clean = figure("accuracy/uncontaminated");
  const gaveAway = html`${contaminated}${clean !== null && html` <small>(without: ${percent(clean)})</small>`}`;
  const ungraded = figure("unscored") ?? 0;
  const rejected = figure("rows/rejected") ?? 0;
  return [
    name,
    checkpoint,
    html`${figure("questions")}${ungraded > 0 && html` <small>(${ungraded} answers not graded)</small>`}${rejected > 0 && html` <small>(${rejected} rows could not be read)</small>`}`,
    withError(figure("accuracy"), figure("accuracy/stderr")),
    several.length === 0 ? "–" : several.join(", "),
    gaveAway,
  ];
}

function withError(accuracy: number | null, error: number | null): string {
  return error === null ? percent(accuracy) : `${percent(accuracy)} ± ${(100 * error).toFixed(1)}`;
}

interface Part {
  readonly tag: string;
  readonly value: string;
  readonly accuracy: number;
  readonly error: number | null;
  readonly questions: number;
}

/** Metrics named `by/<tag>/<value>/accuracy`; a value may hold "/". */
function breakdownOf(metrics: BenchmarkResult["metrics"]): Part[] {
  return Object.entries(metrics).flatMap(([name, accuracy]) => {
    const [, tag, value] = /^by\/([^/]+)\/(.*)\/accuracy$/su.exec(name) ?? [];
    if (tag === undefined || value === undefined) return [];
    const place = `by/${tag}/${value}`;
    return [
      {
        tag,
        value,
        accuracy,
        error: metrics[`${place}/stderr`] ?? null,
        questions: metrics[`${place}/questions`] ?? 0,
      },
    ];
  });
}

function breakdownTable({ name, checkpoint, metrics }: BenchmarkResult): Html {
  const parts = breakdownOf(metrics).toSorted((a, b) =>
    a.tag < b.tag ? -1 : a.tag > b.tag ? 1 : b.questions - a.questions,
  );
  const title = `${name}, ${checkpoint}: by ${[...new Set(parts.map(({ tag }) => tag))].join(", ")}`;
  const rows = parts.map(({ tag, value, accuracy, error, questions }) => [
    tag,
    value,
    questions,
    withError(accuracy, error),
  ]);
  return html`<details><summary>${title}</summary><div>
    ${table({ caption: title, columns: [{ title: "tag" }, { title: "value" }, numeric("questions"), numeric("accuracy")], groups: [{ title: null, rows }] })}
  </div></details>`;
}
