import { describe, expect, test } from "vitest";
import { dialects } from "../../../src/engines/tinker/dialects/table.ts";
import { adam, data, modelOn, siteOf } from "./support.ts";

describe.each(dialects.map(({ name }) => name))("on a server of dialect %s", (dialect) => {
  test("a model is created, learns, is saved, sampled, restored and unloaded", async () => {
    const { fake, client } = await siteOf(dialect);
    expect(await client.capabilities()).toEqual({ models: ["fake/bigram"], maximumTokens: null });
    const model = await modelOn(client);
    await client.heartbeat(model.sessionId);

    const before = await client.forward(model, data, { sequence: 1 });
    expect(before.logProbabilities.map((values) => values.length)).toEqual([4, 6]);
    await client.forwardBackward(model, data, { name: "cross_entropy" }, { sequence: 2 });
    const figures = await client.optimizerStep(model, adam, { sequence: 3 });
    expect(figures["fake/grad_norm"]).toBeGreaterThan(0);
    const after = await client.forward(model, data, { sequence: 4 });
    expect(after.logProbabilities[0]?.[1]).toBeGreaterThan(before.logProbabilities[0]?.[1] ?? 0);

    const state = await client.saveState(model, "state-1", { sequence: 5 });
    const weights = await client.saveForSampling(model, "sampler-1", { sequence: 6 });
    const samplingSessionId = await client.openSampler(model.sessionId, weights, 0);
    const settings = { samples: 2, maxTokens: 5, temperature: 1, topP: 1, topK: 0, seed: 7, stop: [] };
    const samples = await client.sample({ samplingSessionId }, [3, 9], settings, { sequence: 1 });
    expect(samples).toHaveLength(2);
    for (const { tokens, logProbabilities } of samples) expect(logProbabilities).toHaveLength(tokens.length);

    const again = await client.createModel(model.sessionId, { baseModel: "fake/bigram", rank: 8, seed: 2, index: 1 });
    await client.loadState(again, state, true, { sequence: 1 });
    const restored = await client.forward(again, data, { sequence: 2 });
    expect(restored.logProbabilities).toEqual(after.logProbabilities);
    await client.unload(model);
    expect(fake.machine.has(model.modelId)).toBe(false);
  });

  test("a log-probability that the sampler gave is the one that the model in training gives", async () => {
    const { client } = await siteOf(dialect);
    const model = await modelOn(client);
    const samplingSessionId = await client.openSampler(
      model.sessionId,
      await client.saveForSampling(model, "fresh", { sequence: 1 }),
      0,
    );
    const settings = { samples: 1, maxTokens: 6, temperature: 1, topP: 1, topK: 0, seed: 11, stop: [] };
    const [sample] = await client.sample({ samplingSessionId }, [4, 5], settings, { sequence: 1 });
    const tokens = [4, 5, ...(sample?.tokens ?? [])];
    const datum = { inputs: tokens.slice(0, -1), targets: tokens.slice(1) };
    const { logProbabilities } = await client.forward(model, [datum], { sequence: 2 });
    for (const [index, value] of (sample?.logProbabilities ?? []).entries())
      expect(logProbabilities[0]?.[index + 1]).toBeCloseTo(value, 5);
  });
});

test("the request's id is told as soon as there is one, and a later attempt fetches its result without sending anything again", async () => {
  const { fake, client } = await siteOf("skyrl-jax");
  const model = await modelOn(client);
  const told: string[] = [];
  const options = { sequence: 1, onAccepted: (id: string) => told.push(id) };
  await client.forwardBackward(model, data, { name: "cross_entropy" }, options);
  expect(told).toHaveLength(1);
  await client.forwardBackward(model, data, { name: "cross_entropy" }, { sequence: 1, accepted: told[0] });
  expect(fake.machine.effects.forward_backward).toBe(1);
});

test("numbers that JSON cannot say, and arrays of other lengths, are refused before anything is sent", async () => {
  const { fake, client } = await siteOf("skyrl-jax");
  const model = await modelOn(client);
  const sent = fake.requests.length;
  const pass = async (weights: readonly number[]): Promise<unknown> =>
    client.forward(model, [{ inputs: [1, 2], targets: [2, 3], weights }], { sequence: 1 });
  await expect(pass([1, Number.NaN])).rejects.toThrow("weights holds what is no finite number");
  await expect(pass([1])).rejects.toThrow("weights has 1 entries, the sequence 2");
  expect(fake.requests).toHaveLength(sent);
});
