import type { OfRun, StagePosition } from "../src/domain/address.ts";
import { algorithmOf, scoredBatch } from "../src/training/learning.ts";
import { recordStep } from "../src/training/record.ts";
import { settingsAt } from "../src/curriculum/stepSettings.ts";
import type { Score } from "../src/domain/reward.ts";
import type { TextEmbedder } from "../src/domain/embedding.ts";
import { rewardComponents } from "../src/rewards/components.ts";
import type { MeasuredTrajectory } from "../src/rewards/prepare.ts";
import { customRewardsOf } from "../src/rewards/custom.ts";
import { scoreBatch } from "../src/rewards/scoreBatch.ts";
import { isUnscored } from "../src/rewards/unscored.ts";
import { extraction } from "./extraction.ts";
import { withControl } from "./heartbeat.ts";
import { judge } from "./judging.ts";
import { countUsage } from "./languageModels.ts";
import { refuseUnscored } from "./refuseUnscored.ts";
import { measuredGains } from "./usefulness.ts";
import type { Workspace } from "./workspace.ts";
import type { RolledOut } from "./rollouts.ts";
import { rewardsOf } from "../src/tasks/taskRegistry.ts";

/** Means over the iteration's trajectories that could be scored, and the branch that the plan is on. */
export interface ScoreSummary {
  /** Another one than before where a plan recorded earlier differs. */
  readonly branch: string;
  /** Further questions to roll out before the step can be planned; left out where the plan is recorded. */
  readonly questionsWanted?: number;
  readonly reward: number;
  /** Share of right answers. */
  readonly accuracy: number;
}

export interface RewardActivities {
  /** Scores the trajectories and records the step's plan, unless the algorithm wants further questions first; a plan recorded before is kept. */
  scoreAndPlan(input: OfRun<StagePosition> & RolledOut): Promise<ScoreSummary>;
}

export interface RewardDependencies {
  readonly workspace: Workspace;
  readonly embedder: TextEmbedder;
}

export function createRewardActivities({ workspace, embedder }: RewardDependencies): RewardActivities {
  return {
    scoreAndPlan: (input) =>
      withControl(async () => {
        const run = await workspace.run(input.run);
        const { configuration, log, dataset } = run;
        const history = await log.history();
        const { rewards } = settingsAt(configuration, history, input);
        const trajectories = await Promise.all(input.batches.map((batch) => log.readBatch(batch)));
        const started = performance.now();
        const sources = {
          questions: dataset.training,
          passages: await run.corpus(),
          embedder,
          tags: run.environment.tags,
          maxResponseTokens: configuration.rollout.maxResponseTokens,
          settings: configuration.rewards,
          rewards: rewardsOf(configuration.data),
        };
        const own = customRewardsOf(configuration.rewards.custom);
        const scores: Score[][] = [];
        const { metrics: usage } = await countUsage(run, async () => {
          for (const batch of trajectories) {
            const gains = await measuredGains(run, history, input, batch);
            const measured = (await judge(run, batch, dataset.training)).map((one, index) => ({
              ...one,
              ...gainOf(gains[index]),
            }));
            scores.push(
              await scoreBatch(
                measured,
                { ...sources, ...(await extraction(run, batch, dataset.training)) },
                rewards,
                own,
              ),
            );
          }
        });
        await refuseUnscored(run, scores.flat());
        const timings = { ...input.timings, "timing_s/score": (performance.now() - started) / 1000, ...usage };
        const components = rewardComponents(scores.flat(), { weights: rewards, settings: configuration.rewards, own });
        const algorithm = algorithmOf(configuration);
        const batch = scoredBatch({
          trajectories: trajectories.flat(),
          scores: scores.flat(),
          components,
          questions: configuration.rollout.questions,
        });
        const asked = new Set(trajectories.flat().map(({ questionId }) => questionId)).size;
        // No more than the data set still has.
        const questionsWanted = Math.min(
          algorithm.questionsWanted(batch, input.batches.length - 1),
          dataset.training.length - asked,
        );
        if (questionsWanted > 0) return { branch: input.branch, questionsWanted, ...summarise(scores.flat()) };
        const plan = await recordStep(log, configuration, input, input.batches, {
          scores,
          components,
          timings: { ...timings, ...algorithm.metrics(batch) },
        });
        return { branch: plan.branch, ...summarise(scores.flat()) };
      }),
  };
}

function gainOf(gain: number | null | undefined): Pick<MeasuredTrajectory, "logLikelihoodGain"> {
  return gain === undefined ? {} : { logLikelihoodGain: gain };
}

/** What could not be scored is left out. */
function summarise(scores: readonly Score[]): Pick<ScoreSummary, "reward" | "accuracy"> {
  const scored = scores.filter((score) => !isUnscored(score));
  const graded = scores.filter(({ correct }) => correct !== null);
  return {
    reward: scored.reduce((sum, score) => sum + score.total, 0) / Math.max(1, scored.length),
    accuracy: graded.filter(({ correct }) => correct === true).length / Math.max(1, graded.length),
  };
}
