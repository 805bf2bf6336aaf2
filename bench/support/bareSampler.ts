import { openOnnxPolicy } from "../../src/engines/onnx/openEngine.ts";
import { randomStream } from "../../src/domain/seed.ts";
import type { SampleRequest } from "../../src/policy/port.ts";

/**
 * A process that only samples: one shard at a time, with one replica of one thread; no workflows, log, searches or rewards. Asked for a
 * number of shards, it answers when they are sampled.
 */
const [folder = "", questions = "", samples = "", responseTokens = ""] = process.argv.slice(2);
const promptTokens = 48;

const policy = await openOnnxPolicy({
  folder,
  provider: "cpu",
  replicas: 1,
  threadsPerReplica: 1,
  microBatchTokens: 4096,
});
const random = randomStream(["bare sampler"]);

function requestsOfQuestion(): SampleRequest[] {
  const prompt = Array.from({ length: promptTokens }, () => 1 + random.integer(policy.tokenizer.vocabularySize - 1));
  return Array.from({ length: Number(samples) }, (_, index) => ({
    prompt,
    seed: `${prompt.join(" ")} ${index}`,
    temperature: 1,
    topP: 1,
    topK: 0,
    maxResponseTokens: Number(responseTokens),
    stopStrings: [],
  }));
}

async function sampleShard(): Promise<void> {
  const requests = Array.from({ length: Number(questions) }, requestsOfQuestion).flat();
  await policy.sample(requests, { respond: () => Promise.reject(new Error("nothing stops here")) });
}

async function sampleShards(count: number): Promise<void> {
  for (let shard = 0; shard < count; shard++) await sampleShard();
  process.send?.("done");
}

process.on("message", (count: number) => void sampleShards(count));
process.on("disconnect", () => process.exit());
await sampleShards(1);
