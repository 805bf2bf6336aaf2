import { afterEach } from "vitest";
import type { RemoteModel, TinkerClient } from "../../../src/engines/tinker/api.ts";
import { createClient } from "../../../src/engines/tinker/client.ts";
import { connect } from "../../../src/engines/tinker/connection.ts";
import type { Datum } from "../../../src/engines/tinker/datum.ts";
import { dialectNamed } from "../../../src/engines/tinker/dialects/table.ts";
import type { Patience } from "../../../src/engines/tinker/patience.ts";
import { FakeTinker, type FakeOptions } from "../../support/tinker/fakeServer.ts";

/** Short between two attempts, long enough in all for a busy machine. */
export const hasty: Patience = {
  requestSeconds: 30,
  pollSeconds: 0.2,
  futureSeconds: 60,
  attempts: 4,
  firstDelaySeconds: 0.005,
  largestDelaySeconds: 0.02,
};

export const adam = {
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  gradientClip: 0,
};

/** Two sequences of different lengths with prompts of different lengths. */
export const data: readonly Datum[] = [
  { inputs: [3, 9, 4, 12], targets: [9, 4, 12, 7], weights: [0, 1, 1, 1] },
  { inputs: [5, 6, 5, 8, 2, 30], targets: [6, 5, 8, 2, 30, 1], weights: [0, 0, 0, 1, 1, 0] },
];

const running: FakeTinker[] = [];
afterEach(async () => {
  for (const fake of running.splice(0)) await fake.stop();
});

export interface Site {
  readonly fake: FakeTinker;
  readonly client: TinkerClient;
}

/** A fake server and a client that knows its dialect; stopped after the test. */
export async function siteOf(dialect: string, options: FakeOptions = {}, key: string | null = null): Promise<Site> {
  const known = dialectNamed(dialect);
  const fake = await FakeTinker.start(known, options);
  running.push(fake);
  return { fake, client: createClient(connect({ url: fake.url, key }, hasty), known) };
}

/** A client that soon gives up a request without an answer. */
export function impatient({ fake, client }: Site): TinkerClient {
  const patience = { ...hasty, requestSeconds: 0.2, attempts: 20 };
  return createClient(connect({ url: fake.url, key: null }, patience), client.dialect);
}

export async function modelOn(client: TinkerClient, seed = 1): Promise<RemoteModel> {
  return client.createModel(await client.openSession(), { baseModel: "fake/bigram", rank: 8, seed, index: 0 });
}
