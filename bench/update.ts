import { rm } from "node:fs/promises";
import { standardised } from "../src/algorithms/groups.ts";
import { algorithmOf } from "../src/training/learning.ts";
import { randomStream } from "../src/domain/seed.ts";
import type { FolderPolicy } from "../src/policy/folderPolicy.ts";
import { engineOf } from "../src/configuration/policy.ts";
import type { Loss, TrainingSequence } from "../src/policy/port.ts";
import { trainingSequence } from "../src/protocol/lossMask.ts";
import { compare, secondsOf, type Figure } from "./harness.ts";
import { cores, makeModel, modelSizes, openEngine } from "./support/models.ts";
import { startTorch, type TorchPeer } from "./support/torch.ts";
import { crossEntropy, randomSequences, updateCases, updateOnce, type UpdateCase } from "./support/updates.ts";
import { openWorldBench, rollOut, worldBase } from "./support/worldRollout.ts";

/** Forward, backward and AdamW in useful tokens/s, against a transformers Llama in PyTorch (SDPA, fused AdamW). */
export async function* bench(): AsyncGenerator<Figure> {
  for (const one of updateCases) yield await equalLengths(one);
  yield await raggedTrajectories();
}

async function equalLengths({
  name,
  size,
  lengths,
  microBatchTokens,
  peerMicroBatchTokens,
  replicas,
}: UpdateCase): Promise<Figure> {
  const folder = await makeModel(size);
  try {
    const policy = await openEngine(folder, microBatchTokens, replicas);
    const sequences = randomSequences(lengths, modelSizes[size].vocabularySize);
    return await compareUpdates({
      name: `update/${name}`,
      folder,
      policy,
      sequences,
      loss: crossEntropy,
      peerMicroBatchTokens,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Trajectories of the world's base, with searches in between, under the policy-gradient loss. */
async function raggedTrajectories(): Promise<Figure> {
  const world = await openWorldBench();
  try {
    const { microBatchTokens, threads } = engineOf(world.configuration.policy);
    const policy = await openEngine(worldBase, microBatchTokens, threads);
    const trajectories = await rollOut(policy, world, world.questions(0), 0);
    const random = randomStream(["bench", "advantages"]);
    const advantages = standardised(trajectories.map(() => random.normal()));
    const sequences = trajectories.map((trajectory, index) => trainingSequence(trajectory, advantages[index] ?? 0));
    const { loss } = algorithmOf(world.configuration);
    return await compareUpdates({
      name: "update/world-ragged",
      folder: worldBase,
      policy,
      sequences,
      loss,
      peerMicroBatchTokens: 4096,
    });
  } finally {
    await world.close();
  }
}

interface Comparison {
  readonly name: string;
  readonly folder: string;
  readonly policy: FolderPolicy;
  readonly sequences: readonly TrainingSequence[];
  readonly loss: Loss;
  readonly peerMicroBatchTokens: number;
}

async function compareUpdates({
  name,
  folder,
  policy,
  sequences,
  loss,
  peerMicroBatchTokens,
}: Comparison): Promise<Figure> {
  const torch = await startTorch(folder, cores);
  try {
    await checkSameModel(policy, torch, sequences);
    const useful = sequences.reduce((sum, { tokens }) => sum + tokens.length, 0);
    return await compare({
      name,
      unit: "tokens/s",
      direction: "higher-is-better",
      ours: async () => useful / (await secondsOf(() => updateOnce(policy, sequences, loss))),
      peer: async () => useful / (await torch.update(sequences, loss, peerMicroBatchTokens)),
    });
  } finally {
    await policy.close();
    await torch.close();
  }
}

/** Both sides must hold the same model. */
async function checkSameModel(
  policy: FolderPolicy,
  torch: TorchPeer,
  sequences: readonly TrainingSequence[],
): Promise<void> {
  const tokens = sequences[0]?.tokens ?? [];
  const [[ours], [peer]] = await Promise.all([policy.logProbabilities([tokens]), torch.logProbabilities([tokens])]);
  const gap = Math.max(...tokens.map((_, t) => Math.abs((ours?.[t] ?? NaN) - (peer?.[t] ?? NaN))));
  if (!(gap < 1e-3)) throw new Error(`the two sides disagree by ${gap} nats`);
}
