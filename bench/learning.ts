import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { indexPassages } from "../src/corpus/indexer.ts";
import { vocabularyCorpus } from "../src/corpus/settings.ts";
import { resolveConfiguration } from "../src/curriculum/resolve.ts";
import { openWorld } from "../src/world/dataset.ts";
import { keptWorldSeed } from "../src/world/base/find.ts";
import { repeated, type Figure } from "./harness.ts";
import { runLearning } from "./support/learningRun.ts";
import type { StageReport } from "./support/learningRun.ts";
import { worldBase } from "./support/worldRollout.ts";

const seeds = [1, 2, 3];
const schedules = ["staged", "joint"] as const;

/**
 * What the quick preset learns under both schedules, without workflows: accuracy in points by pool and stage. Staged and
 * joint runs of one seed have the same iterations and meet the same questions. Twelve minutes on two cores.
 */
export async function* bench(): AsyncGenerator<Figure> {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-learning-"));
  try {
    const dataset = openWorld(keptWorldSeed);
    const corpusFolder = join(folder, "corpus");
    await indexPassages(corpusFolder, dataset.passages(), { settings: vocabularyCorpus });
    for (const schedule of schedules) {
      const runs: StageReport[][] = [];
      for (const seed of seeds) {
        const configuration = resolveConfiguration({ preset: "quick", seed, schedule });
        const reports: StageReport[] = [];
        await runLearning({ configuration, dataset, corpusFolder, modelFolder: worldBase, onStage: (report) => {
          reports.push(report);
          console.error(`${schedule}, seed ${seed}: ${JSON.stringify(report)}`);
        } });
        runs.push(reports);
      }
      for (const { name } of dataset.evaluation) yield* figures(schedule, name, runs);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function* figures(schedule: string, pool: string, runs: readonly (readonly StageReport[])[]): Generator<Figure> {
  const accuracies = (stage: number): number[] => runs.map((reports) => 100 * (reports.find((report) => report.stage === stage)?.accuracy[pool] ?? 0));
  for (const stage of [0, 1, 2, 3]) yield repeated(`learning/${schedule}-${pool}-stage-${stage}`, "%", accuracies(stage));
}
