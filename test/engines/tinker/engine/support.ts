import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TinkerClient } from "../../../../src/engines/tinker/api.ts";
import { createClient } from "../../../../src/engines/tinker/client.ts";
import { connect } from "../../../../src/engines/tinker/connection.ts";
import { dialectNamed } from "../../../../src/engines/tinker/dialects/table.ts";
import { TinkerPolicy, type TinkerPolicyOptions } from "../../../../src/engines/tinker/engine/policy.ts";
import type { SampleRequest, TrainingBatch } from "../../../../src/policy/port.ts";
import type { FakeTinker } from "../../../support/tinker/fakeServer.ts";
import { words } from "../../../support/tinker/words.ts";
import { hasty, siteOf } from "../support.ts";

export interface PolicySite {
  readonly fake: FakeTinker;
  readonly runFolder: string;
  readonly client: TinkerClient;
  /** Another process' policy of the same run. */
  readonly open: (changes?: Partial<TinkerPolicyOptions>) => TinkerPolicy;
}

export async function policySite(dialect: string): Promise<PolicySite> {
  const { fake } = await siteOf(dialect);
  const runFolder = mkdtempSync(join(tmpdir(), "med-r3-tinker-"));
  const client = createClient(connect({ url: fake.url, key: null }, hasty), dialectNamed(dialect));
  const base = { baseModel: "fake/bigram", rank: 8, seed: 1 };
  const limits = { requestsInFlight: 4, microBatchTokens: 64, tokensPerRequest: 3, maximumTokens: null };
  const open: PolicySite["open"] = (changes = {}) =>
    new TinkerPolicy({ client, tokenizer: words, base, runFolder, ...limits, ...changes });
  return { fake, runFolder, client, open };
}

export const request: SampleRequest = {
  prompt: [3, 9],
  seed: "a",
  temperature: 1,
  topP: 1,
  topK: 0,
  maxResponseTokens: 24,
  stopStrings: [],
};

export const optimizer = {
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  gradientClip: 1e6,
};

/** Two sequences, in one batch or in two of one step. */
export const batch: TrainingBatch = {
  sequences: [
    {
      tokens: [3, 9, 4, 12, 7],
      lossMask: [0, 0, 1, 1, 1],
      sampledLogProbabilities: [0, 0, -3, -3.2, -3.4],
      advantage: 1,
    },
    { tokens: [5, 6, 5, 8], lossMask: [0, 1, 1, 0], sampledLogProbabilities: [0, -3.1, -3.3, 0], advantage: -0.5 },
  ],
  loss: { kind: "policy-gradient", clipLow: 0.2, clipHigh: 0.28, dualClip: 3 },
  lossDivisor: 5,
  temperature: 1,
};
