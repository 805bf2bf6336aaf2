import type { Figure } from "../harness.ts";

/** Figures of the bench `laptop` as a Markdown table: a row for each checkpoint of each run. */
export function laptopTable(figures: readonly Figure[]): string {
  const values = new Map(figures.map(({ name, value }) => [name, value]));
  const runs = [...new Set(figures.map(({ name }) => name.split("/")[0] ?? ""))];
  return [
    "| run | minutes, GB | checkpoint | accuracy, % | answers in format | own abstract found | searches |",
    "|---|---|---|---|---|---|---|",
    ...runs.flatMap((run) => rowsOf(run, values)),
  ].join("\n");
}

function rowsOf(run: string, values: ReadonlyMap<string, number>): string[] {
  const shown = (name: string, digits: number): string => values.get(`${run}/${name}`)?.toFixed(digits) ?? "–";
  const checkpoints = [...values.keys()].flatMap((name) => {
    const [of, checkpoint = "", measure] = name.split("/");
    return of === run && measure === "accuracy" ? [checkpoint] : [];
  });
  const taken = `${shown("wall-time", 0)}, ${shown("peak-memory", 1)}`;
  return checkpoints.map((checkpoint, index) => {
    const measures = [
      shown(`${checkpoint}/accuracy`, 1),
      ...["in-format", "own-abstract-found", "searches"].map((name) => shown(`${checkpoint}/${name}`, 2)),
    ];
    return `| ${index === 0 ? `\`${run}\`` : ""} | ${index === 0 ? taken : ""} | ${checkpoint.replace("-", " ")} | ${measures.join(" | ")} |`;
  });
}
