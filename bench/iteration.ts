import { z } from "zod";
import { advantagesOf, algorithmOf, learningBatch } from "../src/training/learning.ts";
import { engineOf } from "../src/configuration/policy.ts";
import { executePlan } from "../src/training/execute.ts";
import { createPlan } from "../src/training/plan.ts";
import type { Question } from "../src/domain/question.ts";
import type { Trajectory } from "../src/domain/trajectory.ts";
import type { FolderPolicy } from "../src/policy/folderPolicy.ts";
import type { Tokenizer } from "../src/policy/port.ts";
import { featureHashing } from "../src/rewards/featureHashing.ts";
import { scoreBatch } from "../src/rewards/scoreBatch.ts";
import { configuredScoring } from "../src/tasks/configuredScoring.ts";
import { medicineExtractor } from "../src/tasks/world/medicine.ts";
import { compare, secondsOf, type Figure } from "./harness.ts";
import type { Answer } from "./peers/peer.ts";
import { cores, openEngine } from "./support/models.ts";
import { startTorch, type LoopKind } from "./support/torch.ts";
import {
  answerSearches,
  openWorldBench,
  peerPrompts,
  rollOut,
  worldBase,
  type WorldBench,
} from "./support/worldRollout.ts";

const loops: readonly LoopKind[] = ["generate", "static"];
/** Padded tokens of the peer's micro-batches: the fastest of 2,048 to 16,384 here. */
const peerBudget = 4096;

/**
 * Seconds of a whole GRPO iteration of the preset quick-staged (12 questions × 8 samples: rollout with searches, scoring,
 * update) against PyTorch (generate and autograd). Searching and scoring are the same code on both sides.
 */
export async function* bench(): AsyncGenerator<Figure> {
  const world = await openWorldBench();
  const { microBatchTokens, threads } = engineOf(world.configuration.policy);
  const policy = await openEngine(worldBase, microBatchTokens, threads);
  const torch = await startTorch(worldBase, cores);
  try {
    const { samples, maxResponseTokens: limit } = world.configuration.rollout;
    const { minibatches } = world.configuration.optimizer;
    const { loss } = algorithmOf(world.configuration);
    // Never the same step twice: its searches would be remembered.
    let ourStep = 0;
    let peerStep = 0;
    for (const kind of loops) {
      yield await compare({
        name: kind === "generate" ? "iteration/quick" : "iteration/quick-static-cache",
        unit: "s",
        direction: "lower-is-better",
        ours: () => secondsOf(() => iterate(policy, world, ourStep++)),
        peer: async () => {
          const seed = peerStep++;
          const questions = world.questions(seed);
          const { prompts, ids } = peerPrompts(world, policy.tokenizer, questions, samples);
          const answer = answerIteration(policy.tokenizer, world, questions);
          return (await torch.iteration({ prompts, limit, ids, kind, seed }, loss, minibatches, peerBudget, answer))
            .seconds;
        },
      });
    }
  } finally {
    await policy.close();
    await torch.close();
    await world.close();
  }
}

/** One iteration on our side, as the activities do it, without the log. */
async function iterate(policy: FolderPolicy, world: WorldBench, step: number): Promise<void> {
  const { configuration } = world;
  const questions = world.questions(step);
  const trajectories = await rollOut(policy, world, questions, step);
  const advantages = await score(world, questions, trajectories);
  const plan = createPlan({
    configuration,
    algorithm: algorithmOf(configuration),
    settings: {
      optimizer: configuration.optimizer,
      learns: "rollouts",
      temperature: configuration.rollout.temperature,
    },
    address: { branch: "bench", step, stage: 1, iteration: step },
    staleness: 0,
    parentStateHash: "",
    stageStart: { branch: "main", step: 0 },
    ready: { batches: [], scores: [], fingerprint: policy.fingerprint, trajectories, advantages },
  });
  await executePlan(policy, { plan, trajectories, reference: undefined });
}

async function score(
  world: WorldBench,
  questions: readonly Question[],
  trajectories: readonly Trajectory[],
): Promise<(number | null)[]> {
  const sources = {
    questions,
    passages: world.search,
    extractor: medicineExtractor,
    embedder: featureHashing,
    ...configuredScoring(world.configuration, world.environment),
  };
  const scores = await scoreBatch(
    trajectories.map((trajectory) => ({ trajectory })),
    sources,
    world.configuration.stages.at(-1)?.rewards ?? {},
  );
  const batch = learningBatch({ trajectories, scores, components: [], questions: questions.length });
  const advantages = advantagesOf(algorithmOf(world.configuration), batch);
  if (advantages.every((advantage) => advantage === null || advantage === 0))
    throw new Error("nothing is learnt from these scores");
  return advantages;
}

const Rows = z.object({ rows: z.array(z.object({ tokens: z.array(z.number()), mask: z.array(z.number()) })) });

/** Answers the peer's searches, then scores its rows. */
function answerIteration(tokenizer: Tokenizer, world: WorldBench, questions: readonly Question[]): Answer {
  const searches = answerSearches(tokenizer, world);
  return async (question) => {
    const scored = Rows.safeParse(question);
    if (!scored.success) return searches.answer(question);
    const { samples } = world.configuration.rollout;
    const trajectories = scored.data.rows.map(
      ({ tokens, mask }, index): Trajectory => ({
        branch: "bench",
        stage: 1,
        iteration: 0,
        questionId: questions[Math.floor(index / samples)]?.id ?? "",
        sample: index % samples,
        promptTokens: [],
        segments: [
          { origin: "policy", tokens: tokens.filter((_, t) => mask[t] === 1), logProbabilities: [] },
          { origin: "environment", tokens: tokens.filter((_, t) => mask[t] === 0), logProbabilities: [] },
        ],
        text: tokenizer.decode(tokens.filter((token) => token !== tokenizer.endOfTextId)),
        calls: [...searches.callsOf(index)],
        stopReason: "end",
      }),
    );
    return score(world, questions, trajectories);
  };
}
