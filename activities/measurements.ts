import { goldTitleRecall } from "../src/evaluation/measureRetrieval.ts";
import type { BandWords } from "../src/corpus/query.ts";
import type { Question } from "../src/domain/question.ts";
import type { Score } from "../src/domain/reward.ts";
import type { Trajectory } from "../src/domain/trajectory.ts";
import type { RunEnvironment } from "../src/environments/runEnvironment.ts";
import type { RunControl, Sampler } from "../src/policy/port.ts";
import { taskOf } from "../src/tasks/taskRegistry.ts";
import type { OpenRun } from "./workspace.ts";

type Metrics = Record<string, number>;

/** Metrics of how a policy used its tools: they show failure before accuracy does. */
export function behaviour(
  environment: RunEnvironment,
  trajectories: readonly Trajectory[],
  scores: readonly Score[],
  bandWords: BandWords,
): Metrics {
  return {
    ...environment.metrics(trajectories, { bandWords }),
    "format/share": scores.filter((one) => one.values["format"] === 1).length / Math.max(1, scores.length),
  };
}

/** How well the questions' own words find the documents they are about, where the data name these: no policy is involved. */
export async function retrievalByQuestion(run: OpenRun, questions: readonly Question[]): Promise<Metrics> {
  const titled =
    taskOf(run.configuration.data).questionsFindTitles &&
    questions.some(({ goldTitles }) => goldTitles !== null && goldTitles.length > 0);
  return titled ? { "retrieval/recall@5": await goldTitleRecall(await run.corpus(), questions, 5) } : {};
}

/** Metrics of the task's probes: what a policy can read and remember. No metrics where the task has none. */
export async function probes(run: OpenRun, policy: Sampler, control: RunControl): Promise<Metrics> {
  return (await taskOf(run.configuration.data).probes?.(policy, control)) ?? {};
}
