import { join, resolve } from "node:path";
import {
  compareRuns,
  type PoolComparison,
  type RunComparison,
  type SettingDifference,
  type Verdict,
} from "../report/compareRuns.ts";
import { loadRunReport } from "../report/loadReport.ts";
import { percent, points, short } from "../report/format.ts";
import type { CompareOptions } from "./compareOptions.ts";
import { openRun } from "./openRunForReading.ts";
import { learntTokensMetric } from "../training/stepMetrics.ts";
import { print } from "../output/terminal.ts";

/** Prints two runs side by side. */
export async function showComparison(options: CompareOptions): Promise<number> {
  const root = resolve(options.root);
  const [first = "", second = ""] = options.words;
  const runs = [await openRun(root, first), await openRun(root, second)] as const;
  try {
    const { settings, newest, at, pools } = await compareRuns(...runs);
    printSettings(settings, first, second);
    await printCurves(root, first, second);
    printNewest(newest, at, [first, second]);
    printPools(pools, [first, second]);
    return 0;
  } finally {
    for (const { log } of runs) log.close();
  }
}

function printSettings(settings: readonly SettingDifference[], first: string, second: string): void {
  print(settings.length === 0 ? "The settings are equal.\n" : `Settings that differ (${first} | ${second}):`);
  for (const { name, values } of settings) print(`  ${name}: ${values.join(" | ")}`);
  print("");
}

const blocks = "▁▂▃▄▅▆▇█";
const curveWidth = 40;

/** Each metric of both runs on a scale of their own, as a line of blocks. */
async function printCurves(root: string, ...names: readonly string[]): Promise<void> {
  const reports = await Promise.all(names.map((name) => loadRunReport(join(root, name))));
  const tools = new Set(reports.flatMap(({ configuration }) => configuration.environments.map(({ name }) => name)));
  for (const metric of ["reward/total", "accuracy", ...[...tools].map((tool) => `${tool}/count`)]) {
    const series = reports.map(({ iterations }) => iterations.flatMap(({ metrics }) => metrics[metric] ?? []));
    const all = series.flat();
    if (all.length === 0) continue;
    const [low, high] = [Math.min(...all), Math.max(...all)];
    print(`${metric}, ${short(low)} to ${short(high)}:`);
    for (const [index, values] of series.entries())
      print(`  ${(names[index] ?? "").padEnd(20)} ${sparkline(values, low, high)}`);
  }
  const learnt = reports.map(({ iterations }) =>
    iterations.reduce((sum, { metrics }) => sum + (metrics[learntTokensMetric] ?? 0), 0),
  );
  print(`tokens that gradients were taken of: ${learnt.join(" | ")}`);
  print("");
}

function sparkline(values: readonly number[], low: number, high: number): string {
  const columns = Math.min(curveWidth, values.length);
  return Array.from({ length: columns }, (_, column) => {
    const part = values.slice(
      Math.floor((column * values.length) / columns),
      Math.floor(((column + 1) * values.length) / columns),
    );
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
    const height = high === low ? 0 : (mean - low) / (high - low);
    return blocks.charAt(Math.min(blocks.length - 1, Math.floor(height * blocks.length)));
  }).join("");
}

type Pair<T> = readonly [T, T];

/** Says when the runs stand at different stages: what is compared then is not at the same checkpoint of both, or not the newest. */
function printNewest(newest: RunComparison["newest"], at: RunComparison["at"], names: Pair<string>): void {
  if (newest[0] === newest[1]) return;
  const stands = newest.map(
    (checkpoint, index) =>
      `${names[index] ?? ""} ${checkpoint === null ? "has no evaluation yet" : `was last evaluated ${checkpoint === "base" ? "at its base" : checkpoint}`}`,
  );
  print(
    `The runs stand at different stages: ${stands.join(", ")}. ${at === "ends" ? "Both are finished: below are their ends" : "Below is the newest checkpoint that both have, by the number of its stage"}.\n`,
  );
}

function printPools(pools: readonly PoolComparison[], names: Pair<string>): void {
  if (pools.length === 0)
    print("No checkpoint of both runs was asked questions that both share and that could be scored.");
  for (const {
    pool,
    checkpoints,
    accuracies,
    difference,
    questions,
    clusters,
    confidence,
    unscored,
    verdict,
  } of pools) {
    const asked = questions === clusters ? `${questions} questions` : `${questions} questions in ${clusters} clusters`;
    print(
      `${pool}, ${[...new Set(checkpoints)].join(" | ")}: ${accuracies.map(percent).join(" | ")}; difference ${points(difference.mean)} points (${percent(confidence)} interval ${points(difference.low)} to ${points(difference.high)}), ${asked}: ${verdictText(verdict, names)}${unscoredText(unscored, names)}`,
    );
  }
}

/** Samples that no figure holds are told, "" where there are none. */
function unscoredText(unscored: Pair<number>, names: Pair<string>): string {
  if (unscored.every((count) => count === 0)) return "";
  return ` (without samples that could not be scored: ${names.map((name, index) => `${unscored[index] ?? 0} of ${name}`).join(", ")})`;
}

function verdictText(verdict: Verdict, [first, second]: Pair<string>): string {
  switch (verdict.kind) {
    case "first":
      return `${first} is better`;
    case "second":
      return `${second} is better`;
    case "equal":
      return "no difference";
    case "open":
      return `no difference shown; one of this size would need about ${verdict.questionsNeeded} shared questions`;
    case "too-few":
      return `too few to name a winner: at least ${verdict.clustersNeeded} independent questions that both were asked are needed`;
  }
}
