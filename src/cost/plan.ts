import { iterationsOf } from "../configuration/stages.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { isSampledPool } from "../evaluation/sampledPools.ts";
import { answersOfPool, configuredPools, validationPool } from "../curriculum/questions.ts";
import { probesProtocol } from "../curriculum/protocolProbe.ts";
import { mayWarmUp } from "../curriculum/warmStart.ts";
import type { Dataset } from "../domain/dataset.ts";
import { noUsage, type Usage } from "../domain/usage.ts";
import { engineOf } from "../configuration/policy.ts";
import { environmentOf } from "../environments/environmentOf.ts";
import type { Tokenizer } from "../policy/port.ts";
import { outlineOf } from "../schedules/outlineOf.ts";
import type { Rates } from "./rates.ts";
import { priceOf } from "./spent.ts";

/** What a plan knows beside the configuration; null where that could not be had. */
export interface PlanSources {
  readonly dataset: Dataset;
  /** Tokenizer of the policy; without one, prompts are counted in characters ÷ 4. */
  readonly tokenizer: Tokenizer | null;
  readonly rates: Rates | null;
  /** Bytes of the model's weights. */
  readonly modelBytes: number | null;
}

/** What a run will take at most before it starts: every response as long as it may be, no stage extended, no question asked anew. */
export interface CostPlan {
  readonly run: string;
  readonly engine: string;
  readonly iterations: number;
  readonly training: Omit<Usage, "seconds">;
  readonly evaluation: Omit<Usage, "seconds">;
  /** Answers of the baselines; each request reads all that came before it. */
  readonly baselines: Omit<Usage, "seconds" | "trainedTokens"> & { readonly money: number };
  /** Requests to judges and extractors are at most one for each response of a question that matching leaves open. */
  readonly judged: number | null;
  readonly storageBytes: number | null;
  readonly hours: number | null;
  readonly money: number | null;
  /** Where each figure comes from, in words. */
  readonly basis: readonly string[];
}

/** Bytes of the log for each token of a trajectory: id, log-probability, text. */
const bytesPerToken = 12;
/** Weights and the two moments of AdamW, all as wide. */
const copiesPerCheckpoint = 3;
/** Questions that a mean prompt is measured on. */
const measuredPrompts = 100;

/** Estimates what a run will use before it starts, by its configuration and measured rates. */
export function planCost(configuration: RunConfiguration, sources: PlanSources): CostPlan {
  const { dataset, tokenizer, rates } = sources;
  const { rollout, snapshot, cost } = configuration;
  const stages = outlineOf(configuration).filter((stage) => stage.iterations > 0);
  const ofRollouts = iterationsOf(stages.filter(({ learns }) => learns !== "demonstrations"));
  const warmIterations = mostWarmIterations(configuration) + iterationsOf(stages) - ofRollouts;
  const iterations = ofRollouts + warmIterations;
  const promptTokens = meanPromptTokens(configuration, dataset, tokenizer);
  const calls = mostCalls(configuration);
  const responses = (count: number): Omit<Usage, "seconds"> => ({
    sampledTokens: count * rollout.maxResponseTokens,
    prefilledTokens: Math.ceil(count * (promptTokens + (calls === 0 ? 0 : rollout.maxResponseTokens))),
    trainedTokens: 0,
    requests: count * (1 + calls),
  });
  const trained = ofRollouts * rollout.questions * rollout.samples;
  const demonstrated = warmIterations * rollout.questions * rollout.samples;
  const training = {
    ...responses(trained),
    trainedTokens: Math.ceil((trained + demonstrated) * (promptTokens + rollout.maxResponseTokens)),
  };
  const pools = configuredPools(dataset, configuration);
  const asked = (pool: string): number => answersOfPool(dataset, pool, configuration);
  const checkpoints = 1 + stages.length;
  const validated = validations(stages);
  const answered =
    checkpoints * pools.reduce((sum, pool) => sum + asked(pool), 0) +
    (validated === 0 ? 0 : validated * asked(validationPool));
  const evaluating = responses(answered);
  const seconds =
    rates === null
      ? null
      : (training.sampledTokens + evaluating.sampledTokens) / rates.sampled + training.trainedTokens / rates.trained;
  const all: Usage = {
    sampledTokens: training.sampledTokens + evaluating.sampledTokens,
    prefilledTokens: training.prefilledTokens + evaluating.prefilledTokens,
    trainedTokens: training.trainedTokens,
    requests: training.requests + evaluating.requests,
    seconds: seconds ?? 0,
  };
  const byHour = (cost.price?.hour ?? 0) > 0;
  const served = configuration.judge !== null || configuration.extractor.kind === "model";
  return {
    run: configuration.run,
    engine: `${engineOf(configuration.policy).label} ${configuration.policy.model}`,
    iterations,
    training,
    evaluation: evaluating,
    baselines: planBaselines(
      configuration,
      pools.filter((pool) => !isSampledPool(pool)).reduce((sum, pool) => sum + asked(pool), 0),
      promptTokens,
      calls,
    ),
    judged: served ? trained + answered * (1 + configuration.baselines.length) : 0,
    storageBytes:
      sources.modelBytes === null
        ? null
        : sources.modelBytes * copiesPerCheckpoint * (checkpoints + snapshot.keep) +
          training.trainedTokens * bytesPerToken,
    hours: seconds === null ? null : seconds / 3600,
    money: byHour && seconds === null ? null : priceOf({ ...noUsage, ...all }, cost.price),
    basis: [
      `at most: ${rollout.maxResponseTokens} tokens a response (rollout.maxResponseTokens), no stage extended, no further questions`,
      tokenizer === null
        ? "prompts: 4 characters a token, stated; the model's tokenizer is not on this machine"
        : `prompts: ${promptTokens.toFixed(1)} tokens in the mean, by the model's tokenizer`,
      rates === null
        ? "hours: not known; no run of this engine and model lies under this root"
        : `rates: ${rates.from}`,
      cost.price === null
        ? "money: not known; set cost.price"
        : "money: cost.price; judges, extractors and baselines are not in it",
    ],
  };
}

/** Iterations of a warm start that is wanted, or that the protocol probe may find to be needed. */
function mostWarmIterations(configuration: RunConfiguration): number {
  const { warmStart } = configuration;
  const may = mayWarmUp(configuration) && (warmStart.when === "on" || probesProtocol(configuration));
  return may ? warmStart.iterations : 0;
}

function planBaselines(
  { baselines, rollout }: RunConfiguration,
  answers: number,
  promptTokens: number,
  calls: number,
): CostPlan["baselines"] {
  const none = { sampledTokens: 0, prefilledTokens: 0, requests: 0, money: 0 };
  return baselines.reduce<CostPlan["baselines"]>((sum, { retrieval, price }) => {
    const requests = answers * (retrieval ? 1 + calls : 1);
    const sampledTokens = answers * rollout.maxResponseTokens;
    const prefilledTokens = Math.ceil(requests * promptTokens + (requests - answers) * rollout.maxResponseTokens);
    return {
      sampledTokens: sum.sampledTokens + sampledTokens,
      prefilledTokens: sum.prefilledTokens + prefilledTokens,
      requests: sum.requests + requests,
      money: sum.money + (prefilledTokens * price.input + sampledTokens * price.output) / 1e6,
    };
  }, none);
}

/** Policies that gates ask: a stage's end is the next one's start, and is asked once. */
function validations(stages: readonly { readonly gate: unknown }[]): number {
  const asked = new Set<number>();
  for (const [index, { gate }] of stages.entries()) if (gate !== null) asked.add(index).add(index + 1);
  return asked.size;
}

function mostCalls(configuration: RunConfiguration): number {
  return environmentOf(configuration).tools.reduce((sum, { environment }) => sum + environment.maxCalls, 0);
}

/** Mean tokens of a prompt; by its characters without a tokenizer. */
export function meanPromptTokens(
  configuration: RunConfiguration,
  { training }: Pick<Dataset, "training">,
  tokenizer: Tokenizer | null,
): number {
  const environment = environmentOf(configuration);
  const questions = training.slice(0, measuredPrompts);
  const lengths = questions.map((question) =>
    tokenizer === null
      ? Math.ceil((environment.instructions.length + question.text.length) / 4)
      : environment.prompt(tokenizer, question).length,
  );
  return lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
}
