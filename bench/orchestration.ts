import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveConfiguration } from "../src/configuration/resolveConfiguration.ts";
import { loadRunReport } from "../src/report/loadReport.ts";
import type { IterationMetrics } from "../src/report/runReport.ts";
import { startServer } from "../src/server/startServer.ts";
import { median, type Figure } from "./harness.ts";
import { readHistories, type HistoryEvent } from "./support/histories.ts";
import { measureStart } from "./support/quickRun.ts";

/** Iterations per stage: enough for a median, at the quick preset's sizes. */
const iterations = 12;
const run = "orchestration";

/** What the activities measure of engine, search and scoring; what is left of an iteration is orchestration and the log. */
const insideRollout = ["timing_s/rollout", "timing_s/search", "timing_s/measure"];
const insideStep = ["timing_s/score", "timing_s/update"];

/** What an iteration costs beside its real work, read from the histories of a staged run at the quick preset's sizes. */
export async function* bench(): AsyncGenerator<Figure> {
  const root = await mkdtemp(join(tmpdir(), "med-r3-orchestration-"));
  try {
    const { stages: planned } = resolveConfiguration({ preset: "quick-staged" });
    const settings = planned.flatMap(({ name }) => ["--set", `stages.${name}.iterations=${iterations}`]);
    await measureStart([
      "--root",
      root,
      "--port",
      "0",
      "--ui-port",
      "0",
      "--preset",
      "quick-staged",
      "--run",
      run,
      ...settings,
      "--set",
      "evaluation.questions=10",
      "--set",
      "gate.questions=10",
    ]);
    const { stages, curricula } = await historiesOf(root);
    const { iterations: metrics } = await loadRunReport(join(root, run));
    const overheads = overheadsOf(stages, metrics);
    const events = [...stages, ...curricula].flat();
    yield {
      name: "orchestration/overhead",
      value: median(overheads),
      unit: "ms",
      n: overheads.length,
      low: Math.min(...overheads),
      high: Math.max(...overheads),
    };
    yield {
      name: "orchestration/events",
      value: events.length / metrics.length,
      unit: "events/iteration",
      n: metrics.length,
    };
    yield {
      name: "orchestration/payload",
      value: Math.max(...events.map((event) => event.payloadBytes)) / 1024,
      unit: "KB",
      n: events.length,
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function historiesOf(root: string): Promise<{ stages: HistoryEvent[][]; curricula: HistoryEvent[][] }> {
  const server = await startServer({ root, port: 0, uiPort: 0 });
  try {
    return {
      stages: await readHistories(server.address, server.namespace, "stage"),
      curricula: await readHistories(server.address, server.namespace, "curriculum"),
    };
  } finally {
    await server.stop();
  }
}

/** Milliseconds from each iteration's scoring to the next one's, without what scoring, update and the rollout between measured inside. */
function overheadsOf(stages: readonly (readonly HistoryEvent[])[], metrics: readonly IterationMetrics[]): number[] {
  return stages.flatMap((events, index) => {
    const rows = metrics.filter((row) => row.stage === index + 1);
    const starts = events.filter((event) => event.activity === "scoreAndPlan").map((event) => event.milliseconds);
    return rows.slice(1).map((next, iteration) => {
      const inside = milliseconds(rows[iteration] ?? next, insideStep) + milliseconds(next, insideRollout);
      return (starts[iteration + 1] ?? 0) - (starts[iteration] ?? 0) - inside;
    });
  });
}

function milliseconds(row: IterationMetrics, names: readonly string[]): number {
  return names.reduce((sum, name) => {
    const seconds = row.metrics[name];
    if (seconds === undefined) throw new Error(`the run's metrics lack ${name}`);
    return sum + 1000 * seconds;
  }, 0);
}
