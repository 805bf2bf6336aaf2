import { rm } from "node:fs/promises";
import { randomStream } from "../src/domain/seed.ts";
import type { FolderPolicy } from "../src/policy/folderPolicy.ts";
import type { Responder, SampleRequest } from "../src/policy/port.ts";
import { compare, secondsOf, type Figure } from "./harness.ts";
import { cores, makeModel, modelSizes, openEngine, type ModelSize } from "./support/models.ts";
import { startTorch, type LoopKind, type TorchPeer } from "./support/torch.ts";
import {
  answerSearches,
  openWorldBench,
  peerPrompts,
  policyTokens,
  rollOut,
  worldBase,
} from "./support/worldRollout.ts";

const sequences = 64;
const promptTokens = 48;
const newTokens = 128;
const microBatchTokens = 8192;

/** The peer, and a second, harder one. */
const loops: readonly LoopKind[] = ["generate", "static"];

/**
 * Generated tokens/s of 64 sequences against PyTorch: transformers' generate with its cache, and a loop written by hand
 * with a static cache and the prompts' prefill shared.
 */
export async function* bench(): AsyncGenerator<Figure> {
  yield* equalLengths("world-64", cores);
  yield* realRollouts();
  // Fewer, larger products suit a large model better than more replicas.
  yield* equalLengths("width-512", 1);
}

/** Every sequence has its own prompt and exactly `newTokens` new tokens. */
async function* equalLengths(size: ModelSize, replicas: number): AsyncGenerator<Figure> {
  const folder = await makeModel(size);
  const policy = await openEngine(folder, microBatchTokens, replicas);
  const torch = await startTorch(folder, cores);
  try {
    const requests = await requestsOfFullLength(policy, modelSizes[size].vocabularySize);
    const prompts = requests.map((request) => request.prompt);
    for (const kind of loops) {
      yield await compare({
        name: caseName(`equal-${size}`, kind),
        unit: "tokens/s",
        direction: "higher-is-better",
        ours: async () => (sequences * newTokens) / (await secondsOf(() => policy.sample(requests, noResponder))),
        peer: async () => throughput(await torch.rollout({ prompts, limit: newTokens, ids: null, kind, seed: 0 })),
      });
    }
  } finally {
    await close(policy, torch);
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The world's base answers questions of the quick preset, with searches in between: 8 samples of each of 8 prompts.
 * To compare engines each side makes its rollout twice from one seed; the second counts, whose searches are remembered.
 * With fresh searches the first counts: the corpus' time, equal on both sides, then blurs the difference.
 */
async function* realRollouts(): AsyncGenerator<Figure> {
  const world = await openWorldBench();
  const policy = await openEngine(worldBase, microBatchTokens);
  const torch = await startTorch(worldBase, cores);
  try {
    const { samples, maxResponseTokens: limit } = world.configuration.rollout;
    const questions = world.questions(0).slice(0, sequences / samples);
    const { prompts, ids } = peerPrompts(world, policy.tokenizer, questions, samples);
    let iteration = 0;
    let seed = 0;
    const ours = async (step: number): Promise<number> => {
      let tokens = 0;
      const seconds = await secondsOf(async () => {
        tokens = policyTokens(await rollOut(policy, world, questions, step));
      });
      return tokens / seconds;
    };
    for (const [name, kind, fresh] of realCases) {
      const peer = async (): Promise<number> =>
        throughput(
          await torch.rollout({ prompts, limit, ids, kind, seed }, answerSearches(policy.tokenizer, world).answer),
        );
      yield await compare({
        name,
        unit: "tokens/s",
        direction: "higher-is-better",
        ours: async () => {
          const first = await ours(iteration);
          const second = await ours(iteration++);
          return fresh ? first : second;
        },
        peer: async () => {
          const first = await peer();
          const second = await peer();
          seed += 1;
          return fresh ? first : second;
        },
      });
    }
  } finally {
    await close(policy, torch);
    await world.close();
  }
}

const realCases = [
  ["rollout/real-world", "generate", false],
  ["rollout/real-world-static-cache", "static", false],
  ["rollout/real-world-fresh-searches", "generate", true],
] as const;

function caseName(name: string, kind: LoopKind): string {
  return kind === "generate" ? `rollout/${name}` : `rollout/${name}-static-cache`;
}

function throughput({ tokens, seconds }: { tokens: number; seconds: number }): number {
  return tokens / seconds;
}

async function close(policy: FolderPolicy, torch: TorchPeer): Promise<void> {
  await policy.close();
  await torch.close();
}

const noResponder: Responder = {
  respond: async () => {
    throw new Error("nothing stops in this bench");
  },
};

/** Requests whose seeds draw no end-of-text token before the limit: seeds that do are replaced. */
async function requestsOfFullLength(policy: FolderPolicy, vocabularySize: number): Promise<SampleRequest[]> {
  let seeds = Array.from({ length: sequences }, (_, index) => `${index}`);
  for (;;) {
    const requests = seeds.map((seed, index) => equalRequest(seed, index, vocabularySize));
    const sampled = await policy.sample(requests, noResponder);
    const short = sampled.map((sequence) => sequence.stopReason !== "length");
    if (!short.includes(true)) return requests;
    seeds = seeds.map((seed, index) => (short[index] === true ? `${seed}'` : seed));
  }
}

function equalRequest(seed: string, index: number, vocabularySize: number): SampleRequest {
  const random = randomStream(["bench", "rollout", index]);
  const prompt = Array.from({ length: promptTokens }, () => 1 + random.integer(vocabularySize - 1));
  return { prompt, seed, temperature: 1, topP: 1, topK: 0, maxResponseTokens: newTokens, stopStrings: [] };
}
