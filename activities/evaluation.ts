import { isBaselinePool } from "../src/evaluation/baselines.ts";
import { measureAnswers } from "../src/evaluation/answerMeasures.ts";
import { answeringOf } from "../src/evaluation/sampledPools.ts";
import { metered } from "../src/cost/meter.ts";
import type { OfRun, PolicyAddress } from "../src/domain/address.ts";
import { protocolProbePool } from "../src/curriculum/protocolProbe.ts";
import { questionsOfPool, validationPool } from "../src/curriculum/questions.ts";
import type { Question } from "../src/domain/question.ts";
import type { Score } from "../src/domain/reward.ts";
import type { Trajectory } from "../src/domain/trajectory.ts";
import type { RunControl, Sampler } from "../src/policy/port.ts";
import { rolloutOpeningFirst } from "../src/protocol/openingFirst.ts";
import { rollout } from "../src/protocol/rollout.ts";
import { customRewardsOf } from "../src/rewards/custom.ts";
import { scoreBatch } from "../src/rewards/scoreBatch.ts";
import { unscoredMetrics } from "../src/rewards/unscored.ts";
import type { EvaluationRecord, QuestionResult } from "../src/trajectories/records.ts";
import { answerBaseline } from "./baselines.ts";
import { extraction } from "./extraction.ts";
import { holdingOnRewardError } from "./failures.ts";
import { withControl } from "./heartbeat.ts";
import { judge } from "./judging.ts";
import { countUsage } from "./languageModels.ts";
import { breaksProtocol, probeProtocol } from "./protocolProbe.ts";
import { refuseUnscored } from "./refuseUnscored.ts";
import { behaviour, probes, retrievalByQuestion } from "./measurements.ts";
import type { ResidentEngine } from "./residentEngine.ts";
import type { OpenRun, Workspace } from "./workspace.ts";
import { configuredScoring } from "../src/tasks/configuredScoring.ts";

export interface PoolResult {
  readonly pool: string;
  readonly questions: number;
  /** Share of right answers among those that could be graded. */
  readonly accuracy: number;
}

export interface EvaluationActivities {
  /** Answers a pool's questions with one policy and appends the rows; rows of an earlier attempt are adopted. */
  evaluatePool(input: OfRun<PolicyAddress> & { readonly pool: string }): Promise<PoolResult>;
}

export interface EvaluationDependencies {
  readonly workspace: Workspace;
  readonly engine: ResidentEngine;
}

export function createEvaluationActivities({ workspace, engine }: EvaluationDependencies): EvaluationActivities {
  return {
    evaluatePool: ({ run: name, branch, step, pool }) =>
      withControl(async (control) => {
        const run = await workspace.run(name);
        const address = { branch, step };
        const known = await run.log.findEvaluation(address, pool);
        if (known !== null) return resultOf(known);
        if (isBaselinePool(pool))
          return resultOf(
            await answerBaseline(run, address, pool, (asked, own, sampler) =>
              answerPool({ run: asked, pool: own, sampler, control }),
            ),
          );
        return engine.at(run, address, control, async ({ policy }) => {
          const { policy: sampler, usage } = metered(policy);
          const { results, metrics } =
            pool === protocolProbePool
              ? await probeProtocol({ run, sampler, control })
              : await answerPool({ run, pool, sampler, control, openingFirst: await breaksProtocol(run, address) });
          const probed = pool === run.dataset.evaluation[0]?.name ? await probes(run, sampler, control) : {};
          const answered = { ...address, pool, results, metrics: { ...metrics, ...probed } };
          return resultOf(await run.log.appendEvaluation({ ...answered, usage: { ...usage(), money: 0 } }));
        });
      }),
  };
}

export interface PoolQuestions {
  readonly run: OpenRun;
  readonly pool: string;
  readonly sampler: Sampler;
  readonly control: RunControl;
  /** Stops sampling a response whose opening breaks the format. Left out, whole responses are sampled. */
  readonly openingFirst?: boolean;
}

/** Answers and scores a pool's questions. Common random numbers: branch, stage and iteration stay out of the seeds. */
export async function answerPool({
  run,
  pool,
  sampler,
  control,
  openingFirst = false,
}: PoolQuestions): Promise<Pick<EvaluationRecord, "results" | "metrics">> {
  const questions = questionsOfPool(run.dataset, pool, run.configuration);
  const { seed, rollout: limits, evaluation } = run.configuration;
  const answering = answeringOf(pool, evaluation);
  const corpus = await run.corpus();
  const { tags } = run.environment;
  const trajectories = await (openingFirst ? rolloutOpeningFirst : rollout)({
    sampler,
    environment: run.environment,
    corpus,
    questions,
    samples: answering.samples,
    configuration: { ...limits, ...answering },
    address: {
      runSeed: seed,
      purpose: pool === validationPool ? "validation" : "evaluation",
      branch: "",
      stage: 0,
      iteration: 0,
    },
    control,
  });
  const { result: scores, metrics: usage } = await countUsage(run, () => score(run, questions, trajectories));
  const metrics = {
    ...unscoredMetrics(scores),
    ...usage,
    ...behaviour(run.environment, trajectories, scores, corpus.manifest.settings),
    ...(await retrievalByQuestion(run, questions)),
    ...(evaluation.measures
      ? await measureAnswers({ questions, trajectories, scores, tags, tokenizer: sampler.tokenizer })
      : {}),
  };
  return { results: resultsOf(questions, trajectories, scores), metrics };
}

/**
 * Scores trajectories with the weights of the last stage, whatever the stage, so that totals can be compared. Needs a
 * person where so many responses could not be scored that the figures would mislead: nothing is recorded then, and the
 * next attempt asks again.
 */
export async function score(
  run: OpenRun,
  questions: readonly Question[],
  trajectories: readonly Trajectory[],
): Promise<Score[]> {
  const { configuration } = run;
  const sources = {
    questions,
    passages: await run.corpus(),
    ...(await extraction(run, trajectories, questions)),
    embedder: await run.encoder(),
    ...configuredScoring(configuration, run.environment),
  };
  const measured = await judge(run, trajectories, questions);
  const weights = configuration.stages.at(-1)?.rewards ?? {};
  const own = customRewardsOf(configuration.rewards.custom);
  const scores = await holdingOnRewardError(() => scoreBatch(measured, sources, weights, own));
  await refuseUnscored(run, scores);
  return scores;
}

/** One result per trajectory, in order. */
export function resultsOf(
  questions: readonly Question[],
  trajectories: readonly Trajectory[],
  scores: readonly Score[],
): QuestionResult[] {
  const clusters = new Map(questions.map((question) => [question.id, question.cluster]));
  return trajectories.flatMap(({ questionId, sample }, index) => {
    const scored = scores[index];
    if (scored === undefined) return [];
    const { correct, total, values } = scored;
    return [{ questionId, cluster: clusters.get(questionId) ?? questionId, sample, correct, total, values }];
  });
}

/** The part of an evaluation that workflows get. */
export function resultOf({ pool, results }: EvaluationRecord): PoolResult {
  const questions = new Set(results.map((result) => result.questionId)).size;
  const graded = results.filter(({ correct }) => correct !== null);
  return {
    pool,
    questions,
    accuracy: graded.filter(({ correct }) => correct === true).length / Math.max(1, graded.length),
  };
}
