import { fileURLToPath } from "node:url";
import { z } from "zod";

export const trlFixtureFile = fileURLToPath(new URL("../../test/algorithms/fixtures/trl.json", import.meta.url));

const rows = z.array(z.array(z.number()));

/** Numbers given to an algorithm, and what TRL makes of them. */
export const TrlCase = z.strictObject({
  /** Ours; the bench says which settings make TRL's the same. */
  algorithm: z.string(),
  /** Samples of a question; groups follow one another. */
  groupSize: z.number().int(),
  /** Of the reward components. */
  weights: z.array(z.number()),
  maxResponseTokens: z.number().int(),
  /** [sample][component] */
  rewards: rows,
  /** Log-probabilities of the policy and of the sampler, and the loss mask: [sample][token] */
  current: rows,
  sampled: rows,
  mask: rows,
  /** TRL's, one per sample. */
  advantages: z.array(z.number()),
  loss: z.number(),
  /** d loss ÷ d log-probability: [sample][token] */
  gradient: rows,
});
export type TrlCase = z.infer<typeof TrlCase>;

/** Sequences, and TRL's loss of them under a tiny model that gives their tokens these log-probabilities. */
export const TrlSupervised = z.strictObject({ sequences: rows, mask: rows, logProbabilities: rows, loss: z.number() });
export type TrlSupervised = z.infer<typeof TrlSupervised>;

export const TrlFixture = z.strictObject({
  /** Version of TRL. */
  trl: z.string(),
  cases: z.array(TrlCase),
  supervised: TrlSupervised,
});
export type TrlFixture = z.infer<typeof TrlFixture>;
