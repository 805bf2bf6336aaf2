import { z } from "zod";
import { algorithms } from "../algorithms/algorithmRegistry.ts";
import { ChosenEnvironments } from "../environments/environmentRegistry.ts";
import { namedOnce } from "../domain/namedOnce.ts";
import { Baseline } from "../engines/openai/settings.ts";
import { schedulesDemonstrations } from "../schedules/outlineOf.ts";
import { schedules } from "../schedules/scheduleRegistry.ts";
import { largestSeed, longestText, most, mostIterations, mostQuestions } from "./bounds.ts";
import { CostConfiguration, defaultCost } from "./cost.ts";
import { GateConfiguration } from "./gateSettings.ts";
import { defaultRewardSettings, RewardSettings } from "./rewardSettings.ts";
import { RetrievalConfiguration } from "./retrievalSettings.ts";
import { weighNothing } from "./rewardWeights.ts";
import { SemanticEncoder } from "./semanticEncoder.ts";
import { StageList } from "./stages.ts";
import { whyNotStale, whyUnfit } from "../engines/fit.ts";
import { PromptConfiguration } from "./promptConfiguration.ts";
import { engineOf, PolicyConfiguration } from "./policy.ts";
import { RunName } from "./runName.ts";
import { unmetNeeds } from "../tasks/unmetNeeds.ts";
import { unofferedRewards } from "../tasks/offeredRewards.ts";
import { TaskData } from "../tasks/taskRegistry.ts";
import { WarmStartConfiguration } from "./warmStart.ts";
import { ServedModel } from "./languageModelSettings.ts";

/** Most trajectories of an iteration. */
const mostTrajectories = 2 ** 18;

export const RolloutConfiguration = z
  .strictObject({
    /** Questions of an iteration. */
    questions: z
      .number()
      .int()
      .min(1)
      .max(...most(65_536, "an iteration's trajectories are in memory together")),
    /** Samples of each question: the size of a GRPO group. */
    samples: z
      .number()
      .int()
      .min(2)
      .max(...most(1024, "a group's trajectories are sampled and learnt from together")),
    temperature: z.number().positive().max(2),
    topP: z.number().positive().max(1),
    topK: z
      .number()
      .int()
      .min(0)
      .max(...most(10_000_000, "no vocabulary has more tokens")),
    maxResponseTokens: z
      .number()
      .int()
      .min(8)
      .max(...longestText),
    /** Parts of whole questions that as many gpu workers sample at once; one when left out. Log-probabilities depend on it in their last bits, on the number of workers never. */
    shards: z
      .number()
      .int()
      .min(1)
      .max(...most(256, "each is an activity of every iteration, and a history holds 51,200 events"))
      .optional(),
    /**
     * Updates that the sampling policy may be behind; 0 when left out. 1: an iteration is sampled while the update before it goes on, with the
     * weights of before that update.
     */
    staleness: z
      .number()
      .int()
      .min(0)
      .max(...most(1, "the importance ratio corrects for the one update that went on meanwhile"))
      .optional(),
  })
  .refine(({ staleness = 0, shards = 1 }) => staleness === 0 || shards === 1, {
    path: ["staleness"],
    message: "expected 0 with rollout.shards: only the process that trains samples while it trains",
  })
  .refine(({ questions, shards = 1 }) => shards <= questions, {
    path: ["shards"],
    message: "expected at most rollout.questions: a shard has whole questions",
  })
  .refine(({ questions, samples }) => questions * samples <= mostTrajectories, {
    path: ["samples"],
    message: `expected questions × samples of at most ${mostTrajectories}: an iteration's trajectories are in memory together`,
  });

export const OptimizerConfiguration = z.strictObject({
  /** Optimiser steps of an iteration, each on a minibatch of its trajectories. */
  minibatches: z
    .number()
    .int()
    .min(1)
    .max(...most(65_536, "each holds at least one trajectory")),
  learningRate: z
    .number()
    .positive()
    .max(...most(10, "a step of this size destroys any policy")),
  beta1: z.number().min(0).max(1),
  beta2: z.number().min(0).max(1),
  epsilon: z
    .number()
    .positive()
    .max(...most(1, "it only keeps a division from zero")),
  weightDecay: z
    .number()
    .min(0)
    .max(...most(100, "this leaves no weights")),
  gradientClip: z
    .number()
    .positive()
    .max(...most(1e12, "this clips nothing any more")),
});

export const EvaluationConfiguration = z.strictObject({
  /** Questions per pool; 0 leaves the pool out. */
  questions: z
    .number()
    .int()
    .min(0)
    .max(...mostQuestions),
  samples: z
    .number()
    .int()
    .min(1)
    .max(...most(1024, "every question is answered so often, at every checkpoint")),
  temperature: z.number().min(0).max(2),
  topP: z.number().positive().max(1),
  confidence: z.number().gt(0.5).lt(1),
  /** Answers every pool again, sampled, under the name "sampled POOL"; null leaves that out: it takes as many samples more. The defaults are the paper's. */
  sampled: z
    .strictObject({
      samples: z
        .number()
        .int()
        .min(1)
        .max(...most(1024, "every question is answered so often, at every checkpoint"))
        .default(4),
      temperature: z.number().positive().max(2).default(0.6),
      topP: z.number().positive().max(1).default(0.9),
    })
    .nullable()
    .default(null),
  /** Measures harmful answers, abstention and calibration of every pool's answers. */
  measures: z.boolean().default(false),
});
export type EvaluationConfiguration = z.infer<typeof EvaluationConfiguration>;

export const SnapshotConfiguration = z.strictObject({
  /** Iterations between snapshots. */
  every: z
    .number()
    .int()
    .min(1)
    .max(...mostIterations),
  /** Newest ordinary snapshots kept; stage ends and forks always are. */
  keep: z
    .number()
    .int()
    .min(1)
    .max(...most(10_000, "each is a whole policy on the disk")),
});

export const GuardConfiguration = z.strictObject({
  /** Largest gradient norm before clipping. */
  maximumGradientNorm: z
    .number()
    .positive()
    .max(...most(1e12, "this guards nothing any more")),
  /** Smallest mean entropy (nats per token). */
  minimumEntropy: z
    .number()
    .min(0)
    .max(...most(20, "nats a token: no vocabulary allows more")),
  /** Smallest share of trajectories that pass the format gate, as a share of the stage's first iteration. */
  minimumFormatShare: z.number().min(0).max(1),
  /** Largest |sampled − recomputed| log-probability (nats). */
  maximumLogProbabilityGap: z
    .number()
    .positive()
    .max(...most(1e12, "this guards nothing any more")),
  /**
   * Largest share of valid responses that a judge, extractor or measurement may fail on; above it the run is held. A tenth: an accuracy that
   * leaves out a tenth is off by no more than the intervals of two hundred questions are wide, and a judge that fails more often is broken.
   */
  maximumUnscoredShare: z.number().min(0).max(0.5).default(0.1),
  /** Factor on the learning rate after a guard opened a branch. */
  learningRateFactor: z.number().gt(0).max(1),
  /** Branches a stage may open before the run holds for a person. */
  maximumRecoveries: z
    .number()
    .int()
    .min(0)
    .max(...most(1000, "each lowers the learning rate once more")),
});

/** What reads knowledge graphs from thinking and passages. Graphs that the data bring for their references are kept. */
export const ExtractorConfiguration = z.discriminatedUnion("kind", [
  /** The task's own; none where it has none. */
  z.strictObject({ kind: z.literal("dataset") }),
  /** Rules over English text (compromise), without any service. */
  z.strictObject({ kind: z.literal("text") }),
  z.strictObject({ kind: z.literal("model"), model: ServedModel }),
]);

/** The setting that surely wants a stage on demonstrations; null where none does. */
function demonstratedBy({
  warmStart,
  schedule,
  stages,
}: Pick<RunConfiguration, "warmStart" | "schedule" | "stages">): readonly string[] | null {
  if (schedulesDemonstrations({ schedule, stages })) return ["schedule"];
  return warmStart.when === "on" ? ["warmStart", "when"] : null;
}

/** Everything a run depends on, resolved once at its start and saved with it. */
export const RunConfiguration = z
  .strictObject({
    run: RunName,
    preset: z.string(),
    /** Seed of all that is drawn in the run (the world has its own). */
    seed: z
      .number()
      .int()
      .min(0)
      .max(...largestSeed),
    /** What is trained next, out of the stages: the name of a schedule, or `{name, settings}`. */
    schedule: schedules.Chosen.prefault("staged"),
    /** The task: its name as `dataset`, and its own settings. */
    data: TaskData,
    policy: PolicyConfiguration,
    rollout: RolloutConfiguration,
    /** What the policy can do while it answers: names of environments, or `{name, settings}`, each once. */
    environments: ChosenEnvironments,
    prompt: PromptConfiguration.prefault({}),
    retrieval: RetrievalConfiguration.prefault({}),
    /** How the policy learns from what it sampled: the name of an algorithm, or `{name, settings}`. */
    algorithm: algorithms.Chosen.prefault("grpo"),
    optimizer: OptimizerConfiguration,
    /** The stages in their order; evaluations take the weights of the last one. */
    stages: StageList,
    /** The warm start: stage 0, before the others. */
    warmStart: WarmStartConfiguration.prefault({}),
    rewards: RewardSettings.default(defaultRewardSettings),
    gate: GateConfiguration,
    evaluation: EvaluationConfiguration,
    snapshot: SnapshotConfiguration,
    guard: GuardConfiguration,
    /** Judges answers where matching does not decide; null leaves matching alone. */
    judge: ServedModel.nullable().default(null),
    /** Has no default here: presets for laptops name feature hashing, `standard` wants an encoder of one's own. */
    semanticEncoder: SemanticEncoder,
    extractor: ExtractorConfiguration.default({ kind: "dataset" }),
    cost: CostConfiguration.default(defaultCost),
    /** Other models that answer the evaluation's questions, for comparison. */
    baselines: z
      .array(Baseline)
      .max(...most(20, "each answers every question of the evaluation"))
      .superRefine(namedOnce((name) => `there is another baseline "${name}"`))
      .default([]),
  })
  .superRefine(({ data, policy, algorithm, stages, rewards, environments, rollout, warmStart, schedule }, context) => {
    for (const [index, stage] of stages.entries())
      for (const { name, message } of unofferedRewards(data, stage.rewards))
        context.addIssue({ code: "custom", path: ["stages", index, "rewards", name], message });
    for (const { path, message } of unmetNeeds(data, { environments, rollout }))
      context.addIssue({ code: "custom", path: [...path], message });
    const { capabilities } = engineOf(policy);
    const why = whyUnfit(capabilities, policy.engine, algorithms.create(algorithm));
    const path = capabilities.trains ? ["algorithm"] : ["policy", "engine"];
    if (why !== null) context.addIssue({ code: "custom", path, message: why });
    const whyNot =
      (rollout.staleness ?? 0) === 0 ? null : whyNotStale(capabilities, policy.engine, algorithms.create(algorithm));
    if (whyNot !== null) context.addIssue({ code: "custom", path: ["rollout", "staleness"], message: whyNot });
    const demonstrated = demonstratedBy({ warmStart, schedule, stages });
    const unfit =
      demonstrated === null ? null : whyUnfit(capabilities, policy.engine, { loss: { kind: "cross-entropy" } });
    if (demonstrated !== null && unfit !== null)
      context.addIssue({
        code: "custom",
        path: [...demonstrated],
        message: `what learns from demonstrations ${unfit}`,
      });
    for (const [index, stage] of stages.entries())
      if (stage.learns !== "demonstrations" && rewards.custom.length === 0 && weighNothing(stage.rewards))
        context.addIssue({
          code: "custom",
          path: ["stages", index, "rewards"],
          message: "expected at least one weight above 0: nothing would be learnt",
        });
  });
export type RunConfiguration = z.infer<typeof RunConfiguration>;
