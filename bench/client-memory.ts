import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createClient } from "../src/engines/tinker/client.ts";
import { connect } from "../src/engines/tinker/connection.ts";
import { dialectNamed } from "../src/engines/tinker/dialects/table.ts";
import { TinkerPolicy } from "../src/engines/tinker/engine/policy.ts";
import { TinkerSettings } from "../src/engines/tinker/engine/settings.ts";
import type { SampledSequence, TrainingSequence } from "../src/policy/port.ts";
import { packMicroBatches } from "../src/training/microBatches.ts";
import { words } from "../test/support/tinker/words.ts";
import { median, type Figure } from "./harness.ts";
import { startSilent } from "./support/tinker/startSilent.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const samples = 10_000;
const together = 100;
const sampledTokens = 128;
const trajectories = { count: 4_096, tokens: 2_048, prompt: 256 };

/**
 * Memory of the client of Tinker servers, beside a server in a process of its own that keeps nothing: flat over many samples, and a large
 * batch goes through it micro-batch by micro-batch.
 */
export async function* bench(): AsyncGenerator<Figure> {
  const [server, runFolder] = [await startSilent(), await mkdtemp(join(tmpdir(), "med-r3-client-memory-"))];
  const client = createClient(connect({ url: server.url, key: null }), dialectNamed("skyrl-jax-main"));
  const { requestsInFlight, microBatchTokens, tokensPerRequest } = TinkerSettings.parse({
    server: "silent",
    tokenizer: "none",
  });
  const base = { baseModel: "silent", rank: 8, seed: 1 };
  const limits = { requestsInFlight, microBatchTokens, tokensPerRequest, maximumTokens: null };
  const policy = new TinkerPolicy({ client, tokenizer: words, base, runFolder, ...limits });
  try {
    const resident = await sampleMany(policy);
    const quarter = resident.length / 4;
    const [second, last] = [median(resident.slice(quarter, 2 * quarter)), median(resident.slice(3 * quarter))];
    yield { name: "client-memory/last-over-second-quarter", value: last / second, unit: "resident memory", n: samples };
    yield { name: "client-memory/sampling", value: last / 2 ** 20, unit: "MiB resident", n: samples };
    const peak = await learnFromMany(policy, microBatchTokens);
    yield { name: "client-memory/batch-peak", value: peak / 2 ** 20, unit: "MiB resident", n: trajectories.count };
  } finally {
    await policy.close();
    server.stop();
    await rm(runFolder, { recursive: true, force: true });
  }
}

/** Resident bytes after each call that samples. */
async function sampleMany(policy: TinkerPolicy): Promise<number[]> {
  const resident: number[] = [];
  const responder = { respond: () => Promise.reject(new Error("nothing stops here")) };
  for (let done = 0; done < samples; done += together) {
    const requests = Array.from({ length: together }, (_, index) => ({
      prompt: Array.from({ length: 64 }, (_, place) => 1 + ((place + done + index) % 30)),
      seed: `${done + index}`,
      temperature: 1,
      topP: 1,
      topK: 0,
      maxResponseTokens: sampledTokens,
      stopStrings: [],
    }));
    const sampled: SampledSequence[] = await policy.sample(requests, responder);
    if (sampled.length !== together) throw new Error("samples are missing");
    collectGarbage();
    resident.push(process.memoryUsage.rss());
  }
  return resident;
}

/** Most resident bytes that the process ever held, when an optimiser step has learnt from all trajectories, each micro-batch's made when it is its turn, as read from a log. */
async function learnFromMany(policy: TinkerPolicy, microBatchTokens: number): Promise<number> {
  const { count, tokens } = trajectories;
  const own = tokens - trajectories.prompt;
  const lengths = Array.from({ length: count }, () => tokens);
  const microBatches = packMicroBatches([...lengths.keys()], lengths, microBatchTokens);
  for (const members of microBatches) {
    await policy.forwardBackward({
      sequences: members.map(sequenceAt),
      loss: { kind: "policy-gradient", clipLow: 0.2, clipHigh: 0.28, dualClip: 3 },
      lossDivisor: count * own,
      temperature: 1,
      step: { sequences: count, weight: count * own },
    });
  }
  await policy.optimizerStep({
    learningRate: 1e-6,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    gradientClip: 1e6,
  });
  return process.resourceUsage().maxRSS * 1024;
}

function sequenceAt(index: number): TrainingSequence {
  const places = Array.from({ length: trajectories.tokens }, (_, place) => place);
  const lossMask = places.map((place) => (place < trajectories.prompt ? 0 : 1));
  return {
    tokens: places.map((place) => 1 + ((place * 7 + index) % 30)),
    lossMask,
    sampledLogProbabilities: lossMask.map((bit) => -bit),
    advantage: index % 2 === 0 ? 1 : -1,
  };
}
