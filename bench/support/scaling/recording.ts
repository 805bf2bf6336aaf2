import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { resolveConfiguration } from "../../../src/configuration/resolveConfiguration.ts";
import type { RunConfiguration } from "../../../src/configuration/configuration.ts";
import { decide } from "../../../src/curriculum/decide.ts";
import { recordStep } from "../../../src/training/record.ts";
import type { BuiltItem } from "../../../src/datasets/buildItem.ts";
import { exportDataset, openDatasetStore } from "../../../src/datasets/store.ts";
import type { Trajectory } from "../../../src/domain/trajectory.ts";
import { readConfiguration } from "../../../src/curriculum/runFolder.ts";
import { compareRuns, type ComparedRun } from "../../../src/report/compareRuns.ts";
import { renderReport } from "../../../src/report/report.ts";
import { chooseByReward, readScoredTrajectories, toExample } from "../../../src/report/trajectoryRows.ts";
import { openMedicine } from "../../../src/tasks/world/medicine.ts";
import { exportTrajectories } from "../../../src/trajectories/export.ts";
import { openRunLog } from "../../../src/trajectories/lanceLog.ts";
import { maintainLog } from "../../../src/trajectories/maintenance.ts";
import { times, type ScalingCase } from "./case.ts";

/** Trajectories of an iteration. */
const perStep = 96;

/** A run of so many trajectories: about 40 and 400 iterations. */
async function writeRun(folder: string, rows: number): Promise<void> {
  const configuration = resolveConfiguration({
    preset: "quick-staged",
    run: "scaling",
    stages: { reasoner: { iterations: Math.ceil(rows / perStep) } },
  });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "configuration.json"), JSON.stringify(configuration));
  const log = await openRunLog(folder);
  await log.appendCheckpoint({
    branch: "main",
    step: 0,
    stateHash: "state-0",
    ref: "checkpoints/main-0",
    keep: true,
  });
  const results = times(rows, (index) => ({
    questionId: `q${index >> 1}`,
    cluster: `${index >> 1}`,
    sample: index % 2,
    correct: index % 3 === 0,
    total: 0.5,
    values: { answer: 1 },
  }));
  await log.appendEvaluation({ branch: "main", step: 0, pool: "held-out-diseases", results, metrics: {} });
  await decide(log, configuration, []);
  for (let step = 0; step * perStep < rows; step++) await writeStep(log, configuration, step);
  await maintainLog(folder, { keepVersionsMinutes: 0 });
  log.close();
}

async function writeStep(
  log: Awaited<ReturnType<typeof openRunLog>>,
  configuration: RunConfiguration,
  step: number,
): Promise<void> {
  const trajectories = times(
    perStep,
    (index): Trajectory => ({
      branch: "main",
      stage: 1,
      iteration: step,
      questionId: `q${index >> 3}`,
      sample: index % 8,
      promptTokens: [1, 2, 3],
      segments: [{ origin: "policy", tokens: [4, 5], logProbabilities: [-0.5, -0.25] }],
      text: "<think> rest </think>",
      calls: [],
      stopReason: "end",
    }),
  );
  const batch = await log.appendBatch({ branch: "main", stage: 1, iteration: step, shard: 0 }, trajectories, {
    fingerprint: "bench",
    timings: {},
    attempt: 1,
  });
  const scores = trajectories.map((_, index) => ({
    total: index / 7,
    correct: index % 2 === 0,
    values: { format: 1, answer: index % 2 },
  }));
  const advantages = scores.map(({ total }) => total - 0.5);
  const ready = { ...(await log.readBatches([batch])), scores, advantages };
  const { plan } = await recordStep(log, configuration, { branch: "main", step, stage: 1, iteration: step }, ready);
  await log.appendOutcome(plan, {
    branch: "main",
    step,
    stateHash: `state-${step + 1}`,
    fingerprint: "bench",
    metrics: { "reward/mean": 0.5 },
  });
}

const runCase = (name: string, work: (folder: string) => Promise<unknown>): ScalingCase => ({
  name,
  prepare: async (folder, rows) => {
    await writeRun(join(folder, "run"), rows);
    return () => work(join(folder, "run"));
  },
});

export const recordingCases: readonly ScalingCase[] = [
  { name: "log-write", prepare: async (folder, rows) => () => writeRun(join(folder, "run"), rows) },
  runCase("log-open", async (folder) => {
    const log = await openRunLog(folder);
    await log.history();
    await log.readIterations("main");
    log.close();
  }),
  runCase("log-maintain", (folder) => maintainLog(folder, { keepVersionsMinutes: 0 })),
  runCase("report", renderReport),
  runCase("compare", async (folder) => {
    const open = async (): Promise<ComparedRun> => ({
      configuration: await readConfiguration(folder),
      log: await openRunLog(folder),
    });
    const [one, other] = [await open(), await open()];
    await compareRuns(one, other);
    one.log.close();
    other.log.close();
  }),
  runCase("trajectories", async (folder) => {
    const log = await openRunLog(folder);
    const dataset = openMedicine(1);
    const rows = await readScoredTrajectories(log);
    for (const row of chooseByReward(rows, "total", "worst", 20)) toExample(row, dataset);
    log.close();
  }),
  runCase("export-trajectories", async (folder) => {
    const log = await openRunLog(folder);
    await exportTrajectories(log, join(folder, "all.jsonl"));
    log.close();
  }),
  {
    name: "export-dataset",
    prepare: async (folder, rows) => {
      const store = await openDatasetStore(folder);
      const items = times(
        rows,
        (index): BuiltItem =>
          index % 2 === 0
            ? { sourceId: `${index}`, question: null, embedded: null, reason: "it has no reference" }
            : {
                sourceId: `${index}`,
                embedded: { embedder: "none", embeddings: [[0.5, 0.25]] },
                reason: null,
                question: {
                  id: `q${index}`,
                  dataset: "own",
                  kind: "open",
                  text: `What of ${index}?`,
                  options: [],
                  answer: "rest",
                  acceptedAnswers: [],
                  partialAnswers: [],
                  harmfulAnswers: [],
                  references: [{ answer: "rest", reasoning: "Rest helps.", graph: [] }],
                  goldTitles: null,
                  goldFacts: null,
                  findings: [],
                  cluster: `${index}`,
                  tags: {},
                },
              },
      );
      await store.append(items);
      return async () => {
        await exportDataset(store, folder);
      };
    },
  },
];
