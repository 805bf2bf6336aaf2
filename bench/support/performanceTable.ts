import type { Figure } from "../harness.ts";

/** Least ratio that was aimed at, by the figure's name. */
const wanted: Readonly<Record<string, number>> = {
  "update/world-64": 1.1,
  "update/world-128": 1.1,
  "update/width-512": 1.1,
  "update/world-ragged": 1.4,
  "rollout/equal-world-64": 2,
  "rollout/real-world": 4,
  "rollout/real-world-fresh-searches": 4,
  "rollout/equal-width-512": 1.5,
  "iteration/quick": 2.5,
  "memory/world-64": 1.6,
  "memory/world-128": 1.6,
  "memory/width-512": 1.6,
  "real-model/update": 1.5,
  "real-model/update-lora-16": 1.5,
  "real-model/memory": 1.3,
  "real-model/memory-lora-16": 1.5,
  "real-model/rollout": 3,
  "real-model/rollout-static-cache": 2,
  "real-model/rollout-groups-of-8": 3,
  "real-model/rollout-groups-of-8-static-cache": 2,
};

/** Figures beside PyTorch's as a Markdown table; ratios below what was wanted are bold. */
export function performanceTable(figures: readonly Figure[]): string {
  return [
    "| case | ours | PyTorch | ratio (range) | wanted |",
    "|---|---|---|---|---|",
    ...figures.flatMap((figure) => (figure.ratio === undefined ? [] : [row(figure, figure.ratio)])),
  ].join("\n");
}

function row({ name, value, peer = NaN, unit, low, high, n }: Figure, ratio: number): string {
  const least = wanted[name];
  const shown = ratio.toFixed(2);
  const marked = least !== undefined && ratio < least ? `**${shown}**` : shown;
  const range =
    n === 1 || low === undefined || high === undefined ? "one pair" : `${low.toFixed(2)}–${high.toFixed(2)}`;
  return `| \`${name}\` | ${amount(value)} ${unit} | ${amount(peer)} | ${marked} (${range}) | ${least ?? "–"} |`;
}

function amount(value: number): string {
  return value < 10 ? value.toFixed(3) : Math.round(value).toLocaleString("en-US");
}
