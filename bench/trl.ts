import { readFile, writeFile } from "node:fs/promises";
import { z } from "zod";
import { algorithms } from "../src/algorithms/algorithmRegistry.ts";
import { randomStream, type RandomStream } from "../src/domain/seed.ts";
import type { Figure } from "./harness.ts";
import { startPeer } from "./peers/peer.ts";
import { TrlFixture, trlFixtureFile, type TrlCase } from "./support/trlFixture.ts";
import { largestDifference, supervisedDifference } from "./support/trlDifference.ts";

const groups = 4;
const groupSize = 4;
const mostTokens = 9;
/** Advantages do not depend on the scale of rewards; at this one the constants that TRL (1e-4) and we (1e-6) add to deviations do not show. */
const rewardScale = 1000;

interface Arm {
  readonly algorithm: string;
  readonly settings: Record<string, unknown>;
  /** Of one reward component each. */
  readonly weights: readonly number[];
  /** Standard deviation of log ratios. */
  readonly drift: number;
}

const clipped = { epsilon: 0.2, epsilon_high: 0.28, delta: 3, max_completion_length: 16 };
const arms: readonly Arm[] = [
  { algorithm: "grpo", settings: { ...clipped, loss_type: "bnpo" }, weights: [1], drift: 1 },
  { algorithm: "dapo", settings: { ...clipped, loss_type: "dapo" }, weights: [1], drift: 1 },
  {
    algorithm: "dr-grpo",
    settings: { ...clipped, loss_type: "dr_grpo", scale_rewards: "none" },
    weights: [1],
    drift: 1,
  },
  {
    algorithm: "gspo",
    settings: {
      epsilon: 3e-4,
      epsilon_high: 4e-4,
      loss_type: "grpo",
      importance_sampling_level: "sequence",
      max_completion_length: 16,
    },
    weights: [1],
    drift: 1e-3,
  },
  {
    algorithm: "gdpo",
    settings: { ...clipped, loss_type: "dapo", multi_objective_aggregation: "normalize_then_sum" },
    weights: [1000, 500, 200],
    drift: 1,
  },
];

const Answer = z.object({
  advantages: z.array(z.number()),
  loss: z.number(),
  gradient: z.array(z.array(z.number())),
});
const Supervised = z.object({ loss: z.number(), logProbabilities: z.array(z.array(z.number())) });

/**
 * Runs TRL's trainers on random numbers and says how far our algorithms' advantages, losses and gradients are from theirs. Writes the
 * numbers to test/algorithms/fixtures/trl.json, which a unit test compares with. TRL has no REINFORCE++ with group baseline.
 */
export async function* bench(): AsyncGenerator<Figure> {
  const peer = startPeer("trl_peer.py", ["requirements.txt", "requirements-trl.txt"]);
  try {
    const cases: TrlCase[] = [];
    for (const { algorithm, settings, weights, drift } of arms) {
      algorithms.create(algorithms.Chosen.parse(algorithm));
      const given = numbersFor(randomStream(["bench", "trl", algorithm]), weights.length, drift);
      const answer = await peer.request(Answer, "advantages_and_loss", {
        settings,
        group_size: groupSize,
        weights,
        ...given,
      });
      const one = { algorithm, groupSize, weights: [...weights], maxResponseTokens: 16, ...given, ...answer };
      cases.push(one);
      yield { name: `trl/${algorithm}`, value: largestDifference(one), unit: "largest relative difference" };
    }
    const supervised = supervisedNumbers(randomStream(["bench", "trl", "sft"]));
    const answer = await peer.request(Supervised, "supervised_loss", supervised);
    const fixture = TrlFixture.parse({
      trl: await pinnedVersion(),
      cases,
      supervised: { ...supervised, ...answer },
    });
    yield {
      name: "trl/sft",
      value: supervisedDifference(fixture.supervised),
      unit: "largest relative difference",
    };
    await writeFile(trlFixtureFile, `${JSON.stringify(fixture)}\n`);
  } finally {
    await peer.close();
  }
}

/** Rewards [sample][component], log-probabilities of policy and sampler and loss masks [sample][token]; of the first sample's tokens all count. */
function numbersFor(
  random: RandomStream,
  components: number,
  drift: number,
): Pick<TrlCase, "rewards" | "current" | "sampled" | "mask"> {
  const samples = Array.from({ length: groups * groupSize }, () => 1 + random.integer(mostTokens));
  const current = samples.map((length) => Array.from({ length }, () => rounded(-3 * random.uniform())));
  return {
    rewards: samples.map(() => Array.from({ length: components }, () => rounded(rewardScale * random.uniform()))),
    current,
    sampled: current.map((row) => row.map((value) => rounded(value + drift * normal(random)))),
    mask: current.map((row) => row.map((_, token) => (token === 0 || random.uniform() < 0.8 ? 1 : 0))),
  };
}

function supervisedNumbers(random: RandomStream): { sequences: number[][]; mask: number[][] } {
  const sequences = Array.from({ length: 6 }, () =>
    Array.from({ length: 3 + random.integer(8) }, () => 2 + random.integer(20)),
  );
  return {
    sequences,
    mask: sequences.map((row) => row.map((_, token) => (token > 1 && random.uniform() < 0.7 ? 1 : 0))),
  };
}

/** Irwin and Hall: a sum of twelve uniforms, near enough to a normal distribution. */
function normal(random: RandomStream): number {
  return Array.from({ length: 12 }, () => random.uniform()).reduce((sum, value) => sum + value, -6);
}

function rounded(value: number): number {
  return Math.round(1e6 * value) / 1e6;
}

async function pinnedVersion(): Promise<string> {
  const list = await readFile(new URL("peers/requirements-trl.txt", import.meta.url), "utf8");
  return /^trl==(.+)$/mu.exec(list)?.[1] ?? "unknown";
}
