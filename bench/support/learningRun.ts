import { openCorpus } from "../../src/corpus/corpus.ts";
import type { Corpus } from "../../src/corpus/corpus.ts";
import { advantagesOf } from "../../src/curriculum/advantages.ts";
import type { RunConfiguration } from "../../src/curriculum/configuration.ts";
import { executePlan } from "../../src/curriculum/execute.ts";
import { createPlan } from "../../src/curriculum/plan.ts";
import { questionsOfPool, questionsOfStep } from "../../src/curriculum/questions.ts";
import type { Dataset } from "../../src/domain/dataset.ts";
import type { Score } from "../../src/domain/reward.ts";
import type { Trajectory } from "../../src/domain/trajectory.ts";
import { openPolicy } from "../../src/policy/open.ts";
import type { Policy } from "../../src/policy/port.ts";
import { rollout } from "../../src/protocol/rollout.ts";
import type { RolloutAddress } from "../../src/protocol/rollout.ts";
import { hashedWordsEmbedder } from "../../src/rewards/hashedWords.ts";
import { scoreBatch } from "../../src/rewards/scoreBatch.ts";

/** What a curriculum is run on, without workflows and log: for choosing settings. */
export interface LearningRun {
  readonly configuration: RunConfiguration;
  readonly dataset: Dataset;
  /** Of the indexed corpus. */
  readonly corpusFolder: string;
  readonly modelFolder: string;
  readonly onStage: (report: StageReport) => void;
}

/** A policy after a stage (0: the base) on the evaluation pools. */
export interface StageReport {
  readonly stage: number;
  /** Share of right answers by pool. */
  readonly accuracy: Readonly<Record<string, number>>;
  /** Means over the training trajectories of the stage's last ten iterations. */
  readonly training: { readonly searches: number; readonly highShare: number; readonly accuracy: number };
  /** Of the stage's iterations. */
  readonly seconds: number;
}

const stages = [1, 2, 3] as const;
type Stage = (typeof stages)[number];

interface Session extends LearningRun {
  readonly corpus: Corpus;
  readonly policy: Policy;
}

/** Trains through the configured stages in this process and reports after each. */
export async function runLearning(run: LearningRun): Promise<void> {
  const corpus = await openCorpus(run.corpusFolder);
  const policy = await openPolicy(run.configuration.policy, run.modelFolder);
  const session = { ...run, corpus, policy };
  try {
    run.onStage({ stage: 0, accuracy: await evaluate(session), training: behaviour([], []), seconds: 0 });
    let step = 0;
    for (const stage of stages) {
      const started = performance.now();
      const { iterations } = run.configuration.stage[stage];
      const last: { trajectories: Trajectory[]; scores: Score[] } = { trajectories: [], scores: [] };
      for (let iteration = 0; iteration < iterations; iteration++, step++) {
        const { trajectories, scores } = await train(session, stage, iteration, step);
        if (iteration < iterations - 10) continue;
        last.trajectories.push(...trajectories);
        last.scores.push(...scores);
      }
      const seconds = (performance.now() - started) / 1000;
      run.onStage({ stage, accuracy: await evaluate(session), training: behaviour(last.trajectories, last.scores), seconds });
    }
  } finally {
    await policy.close();
    corpus.close();
  }
}

/** One iteration: rollout, score, plan, update. */
async function train(session: Session, stage: Stage, iteration: number, step: number): Promise<{ trajectories: Trajectory[]; scores: Score[] }> {
  const { configuration, dataset, policy } = session;
  const { seed, optimizer, schedule } = configuration;
  const questions = questionsOfStep(dataset.training, { seed, step, count: configuration.rollout.questions });
  const address: RolloutAddress = { runSeed: seed, purpose: "training", branch: "main", stage, iteration };
  const trajectories = await rollout({ sampler: policy, search: session.corpus, questions, samples: configuration.rollout.samples, configuration: configuration.rollout, address });
  const rewards = configuration.stage[schedule === "joint" ? 3 : stage].rewards;
  const scores = await scoreBatch(trajectories.map((trajectory) => ({ trajectory })), sourcesOf(session, questions), rewards);
  const plan = createPlan({
    configuration, settings: { optimizer, rewards }, branch: "main", step, stage, iteration, parentStateHash: "", stageStart: { branch: "main", step: 0 }, batches: [], scores: [],
    fingerprint: policy.fingerprint, trajectories, advantages: advantagesOf(trajectories, scores.map((score) => score.total)),
  });
  await executePlan(policy, plan, { trajectories });
  return { trajectories, scores };
}

async function evaluate(session: Session): Promise<Record<string, number>> {
  const { configuration, dataset, policy, corpus } = session;
  const { samples, temperature, topP } = configuration.evaluation;
  const address: RolloutAddress = { runSeed: configuration.seed, purpose: "evaluation", branch: "main", stage: 0, iteration: 0 };
  const accuracy: Record<string, number> = {};
  for (const { name } of dataset.evaluation) {
    const questions = questionsOfPool(dataset, name, configuration);
    const trajectories = await rollout({ sampler: policy, search: corpus, questions, samples, configuration: { ...configuration.rollout, temperature, topP }, address });
    const scores = await scoreBatch(trajectories.map((trajectory) => ({ trajectory })), sourcesOf(session, questions), configuration.stage["3"].rewards);
    accuracy[name] = behaviour(trajectories, scores).accuracy;
  }
  return accuracy;
}

function sourcesOf({ configuration, dataset, corpus }: Session, questions: Dataset["training"]): Parameters<typeof scoreBatch>[1] {
  return { questions, passages: corpus, extractor: dataset.extractor, embedder: hashedWordsEmbedder, maxResponseTokens: configuration.rollout.maxResponseTokens };
}

function behaviour(trajectories: readonly Trajectory[], scores: readonly Score[]): StageReport["training"] {
  const searches = trajectories.flatMap((trajectory) => trajectory.searches);
  return {
    searches: searches.length / Math.max(1, trajectories.length),
    highShare: searches.filter(({ query }) => query.split(/\s+/).includes("high")).length / Math.max(1, searches.length),
    accuracy: scores.filter((score) => score.correct).length / Math.max(1, scores.length),
  };
}
