import type { OfRun, StagePosition } from "../src/domain/address.ts";
import { advantagesOf, algorithmOf, learningBatch } from "../src/training/learning.ts";
import { recordStep } from "../src/training/record.ts";
import { settingsAt, type StepSettings } from "../src/curriculum/stepSettings.ts";
import type { BatchReceipt, ScoredStep, Step } from "../src/domain/step.ts";
import type { Trajectory } from "../src/domain/trajectory.ts";
import { addTimings, type Timings } from "../src/trajectories/timings.ts";
import type { RunHistory } from "../src/trajectories/history.ts";
import type { Score } from "../src/domain/reward.ts";
import { rewardComponents } from "../src/rewards/components.ts";
import type { MeasuredTrajectory, ScoringSources } from "../src/rewards/prepare.ts";
import { customRewardsOf } from "../src/rewards/custom.ts";
import { scoreBatch } from "../src/rewards/scoreBatch.ts";
import { isUnscored } from "../src/rewards/unscored.ts";
import { budgetState, type BudgetState } from "./budget.ts";
import { extraction } from "./extraction.ts";
import { createQueue, type Queue } from "../src/eventLoop/queue.ts";
import { holdingOnRewardError } from "./failures.ts";
import { withControl } from "./heartbeat.ts";
import { judge } from "./judging.ts";
import { countUsage } from "./languageModels.ts";
import { refuseUnscored } from "./refuseUnscored.ts";
import { measuredGains } from "./usefulness.ts";
import type { OpenRun, Workspace } from "./workspace.ts";
import type { RolledOut } from "./rollouts.ts";
import { configuredScoring } from "../src/tasks/configuredScoring.ts";
import { scoringOf } from "../src/tasks/taskRegistry.ts";

/** Means over the iteration's trajectories that could be scored (null: they are demonstrations), and the branch that the plan is on. */
export interface ScoreSummary extends Partial<BudgetState> {
  /** The branch of the plan: a new one where an earlier plan differs. */
  readonly branch: string;
  /** Further questions to roll out before the step can be planned; left out where the plan is recorded. */
  readonly questionsWanted?: number;
  readonly reward: number | null;
  /** Share of right answers. */
  readonly accuracy: number | null;
}

export interface RewardActivities {
  /**
   * Scores batches of an iteration that has others under way: judges and extractors are asked now, and what they answered
   * is kept for `scoreAndPlan`, in this process or another. Returns what that took, to be counted there.
   */
  scoreBatches(input: OfRun<StagePosition> & RolledOut): Promise<Pick<RolledOut, "timings">>;
  /** `rounds` of further questions were asked already. Scores the trajectories and records the step's plan, unless the algorithm wants further questions first; a plan recorded before is kept. */
  scoreAndPlan(input: OfRun<StagePosition> & RolledOut & { readonly rounds?: number }): Promise<ScoreSummary>;
}

export function createRewardActivities(workspace: Workspace): RewardActivities {
  return {
    scoreBatches: (input) =>
      withControl(async () => {
        const run = await workspace.run(input.run);
        const history = await run.log.history();
        const { rewards: weights } = settingsAt(run.configuration, history, input);
        return oneAtATime(run, async () => {
          const { step, timings } = await scoreStep(run, { history, position: input, weights }, input.batches);
          run.atWork.scored(step, weights, {});
          return { timings };
        });
      }),
    scoreAndPlan: (input) =>
      withControl(async () => {
        const run = await workspace.run(input.run);
        const { configuration, log, atWork } = run;
        const history = await log.history();
        const { rewards, learns } = settingsAt(configuration, history, input);
        if (learns === "demonstrations") return planDemonstrations(run, input);
        const { step, timings } = await scoreStep(run, { history, position: input, weights: rewards }, input.batches);
        await refuseUnscored(run, step.scores);
        const algorithm = algorithmOf(configuration);
        const batch = learningBatch({
          trajectories: step.trajectories,
          scores: step.scores,
          components: rewardComponents(step.scores, {
            weights: rewards,
            settings: configuration.rewards,
            own: customRewardsOf(configuration.rewards.custom),
            ...scoringOf(configuration.data),
          }),
          questions: configuration.rollout.questions,
        });
        const questionsWanted = Math.min(
          algorithm.questionsWanted(batch, input.rounds ?? input.batches.length - 1),
          questionsLeft(run, step),
        );
        if (questionsWanted > 0) {
          atWork.scored(step, rewards, timings);
          return { branch: input.branch, questionsWanted, ...summarise(step.scores) };
        }
        const planned = await recordStep(log, configuration, input, {
          ...step,
          timings: { ...[input.timings ?? {}, timings].reduce(addTimings, step.timings), ...algorithm.metrics(batch) },
          advantages: advantagesOf(algorithm, batch),
        });
        atWork.planned(planned);
        return { branch: planned.plan.branch, ...summarise(step.scores), ...(await budgetState(run)) };
      }),
  };
}

/** Scoring of each run, one piece after the other: requests to judges are counted by the growth of their counters. */
const scoring = new WeakMap<OpenRun, Queue>();

function oneAtATime<T>(run: OpenRun, work: () => Promise<T>): Promise<T> {
  const queue = scoring.get(run) ?? createQueue();
  scoring.set(run, queue);
  return queue(work);
}

/** Demonstrations are not scored: each was checked to be right, and all weigh the same. */
async function planDemonstrations(run: OpenRun, input: OfRun<StagePosition> & RolledOut): Promise<ScoreSummary> {
  const { configuration, log, atWork } = run;
  const step = await atWork.load(input.batches);
  const planned = await recordStep(log, configuration, input, {
    ...step,
    scores: step.trajectories.map(() => ({ total: 0, correct: true, values: {} })),
    timings: addTimings(step.timings, input.timings ?? {}),
    advantages: step.trajectories.map(() => 1),
  });
  atWork.planned(planned);
  return { branch: planned.plan.branch, reward: null, accuracy: null, ...(await budgetState(run)) };
}

/** What scores depend on beside the trajectories. */
interface ScoringPlace {
  readonly history: RunHistory;
  readonly position: OfRun<StagePosition>;
  readonly weights: StepSettings["rewards"];
}

/** Loads the step of these batches and scores it, batch by batch; batches that this process scored before are not scored again. */
async function scoreStep(
  run: OpenRun,
  { history, position, weights }: ScoringPlace,
  batches: readonly BatchReceipt[],
): Promise<{ readonly step: ScoredStep; readonly timings: Timings }> {
  const step = await run.atWork.load(batches);
  const { training } = run.dataset;
  const started = performance.now();
  const known = run.atWork.scoredBefore(step, weights);
  const scores: Score[] = [];
  const sources = await scoringSources(run);
  const own = customRewardsOf(run.configuration.rewards.custom);
  const { metrics: usage } = await countUsage(run, async () => {
    for (const [index, batch] of trajectoriesByBatch(step).entries()) {
      const before = known[index]?.scores;
      if (before !== undefined) {
        scores.push(...before);
        continue;
      }
      const gains = await measuredGains(run, history, position, batch);
      const measured = (await judge(run, batch, training)).map((one, index) => ({ ...one, ...gainOf(gains[index]) }));
      const extracting = await extraction(run, batch, training);
      const batchScores = await holdingOnRewardError(() =>
        scoreBatch(measured, { ...sources, ...extracting }, weights, own),
      );
      scores.push(...batchScores);
    }
  });
  const seconds = { "timing_s/score": (performance.now() - started) / 1000, ...usage };
  return { step: { ...step, scores }, timings: known.map((one) => one?.timings ?? {}).reduce(addTimings, seconds) };
}

async function scoringSources(run: OpenRun): Promise<Omit<ScoringSources, "extractor">> {
  const { configuration, dataset, environment } = run;
  return {
    questions: dataset.training,
    passages: await run.corpus(),
    embedder: await run.encoder(),
    ...configuredScoring(configuration, environment),
  };
}

function trajectoriesByBatch({ batches, trajectories }: Step): Trajectory[][] {
  let start = 0;
  return batches.map(({ count }) => trajectories.slice(start, (start += count)));
}

/** Questions of the data set that a step has not asked yet. */
function questionsLeft({ dataset }: OpenRun, { trajectories }: Step): number {
  return dataset.training.length - new Set(trajectories.map(({ questionId }) => questionId)).size;
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
