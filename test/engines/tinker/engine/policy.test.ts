import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dialects } from "../../../../src/engines/tinker/dialects/table.ts";
import { TinkerAmbiguousError } from "../../../../src/engines/tinker/errors.ts";
import { DamagedCheckpointError, type TrainingSequence } from "../../../../src/policy/port.ts";
import { stepSizeOf } from "../../../../src/policy/stepSize.ts";
import { samplingGap } from "../../../../src/training/samplingGap.ts";
import { endToken, textOf } from "../../../support/tinker/machine.ts";
import { words } from "../../../support/tinker/words.ts";
import { batch, optimizer, policySite, request } from "./support.ts";

const noEnvironment = { respond: () => Promise.reject(new Error("nothing stops here")) };
const all = dialects.map(({ name }) => name);

describe.each(all)("a policy on %s", (dialect) => {
  test("samples sequences whose log-probabilities are those that it recomputes", async () => {
    const policy = (await policySite(dialect)).open();
    const requests = ["a", "b", "c", "d", "e", "f"].map((seed) => ({ ...request, seed }));
    const sampled = await policy.sample(requests, noEnvironment);
    for (const [index, { segments, stopReason }] of sampled.entries()) {
      const own = segments[0];
      if (own === undefined) throw new Error("nothing sampled");
      const tokens = [...request.prompt, ...own.tokens];
      const [known = new Float32Array()] = await policy.logProbabilities([tokens]);
      const gaps = own.logProbabilities.map((value, place) => Math.abs(value - (known[place + 2] ?? Number.NaN)));
      expect(Math.max(...gaps)).toBeLessThan(1e-5);
      expect(stopReason).toBe(own.tokens.at(-1) === endToken ? "end" : "length");
      expect(own.tokens.slice(0, -1)).not.toContain(endToken);
      expect(sampled[index]).toEqual((await policy.sample([requests[index] ?? request], noEnvironment))[0]);
    }
    await policy.close();
  });

  test("stops behind each stop string with all its tokens, and goes on behind the environment's answer", async () => {
    const policy = (await policySite(dialect)).open();
    const [free] = await policy.sample([request], noEnvironment);
    const stop = free?.segments[0]?.tokens[4] ?? 0;
    const stopStrings = [textOf([stop]).trim() + " "];
    const turns: string[] = [];
    const [sampled] = await policy.sample([{ ...request, stopStrings }], {
      respond: async (stopped) =>
        stopped.map(({ text, turn }) => {
          turns.push(text);
          return turn === 0 ? { kind: "continue", tokens: [30, 31] } : { kind: "end", reason: "call-limit" };
        }),
    });
    const [first, answer, second] = sampled?.segments ?? [];
    expect(words.decode(first?.tokens ?? [])).toBe(turns[0]);
    expect(turns[0]?.endsWith(stopStrings[0] ?? "?")).toBe(true);
    expect(first?.logProbabilities).toHaveLength(first?.tokens.length ?? -1);
    expect(answer).toEqual({ origin: "environment", tokens: [30, 31], logProbabilities: [] });
    const context = [...request.prompt, ...(first?.tokens ?? []), 30, 31, ...(second?.tokens ?? [])];
    const [known = new Float32Array()] = await policy.logProbabilities([context]);
    const from = context.length - (second?.tokens.length ?? 0);
    const gaps = (second?.logProbabilities ?? []).map((value, place) => Math.abs(value - (known[from + place] ?? 9)));
    expect(Math.max(0, ...gaps)).toBeLessThan(1e-5);
  });

  test("learns the same in one batch and in two of a step", async () => {
    const { fake, open } = await policySite(dialect);
    const gradientOf = async (parts: readonly (readonly TrainingSequence[])[]): Promise<readonly number[]> => {
      const policy = open();
      const step = stepSizeOf(batch.sequences);
      for (const sequences of parts) await policy.forwardBackward({ ...batch, sequences, step });
      const id = (await policy.save("x")).ref.split("/")[2] ?? "";
      const gradient = [...fake.machine.gradientOf(id)];
      await policy.close();
      return gradient;
    };
    const whole = await gradientOf([batch.sequences]);
    const split = await gradientOf(batch.sequences.map((one) => [one]));
    const gaps = whole.map((value, index) => Math.abs(value - (split[index] ?? Number.NaN)));
    expect(Math.max(...gaps)).toBeLessThan(1e-9);
    expect(Math.max(...whole.map(Math.abs))).toBeGreaterThan(1e-3);
  });

  test("another process goes on from a saved state as if nothing had been, and names it equally", async () => {
    const { fake, open } = await policySite(dialect);
    const step = async (policy: ReturnType<typeof open>): Promise<void> => {
      await policy.forwardBackward(batch);
      expect((await policy.optimizerStep(optimizer)).gradientNorm).toBeGreaterThan(0);
    };
    const first = open();
    await step(first);
    const { ref, stateHash } = await first.save("main-1");
    await step(first);
    const wanted = await first.logProbabilities([[3, 9, 4, 12]]);
    const second = open();
    expect(await second.load(ref)).toBe(stateHash);
    expect(second.optimizerSteps).toBe(1);
    await step(second);
    expect(await second.logProbabilities([[3, 9, 4, 12]])).toEqual(wanted);
    expect(await second.stateHash()).toBe(await first.stateHash());
    await Promise.all([first.close(), second.close()]);
    expect(fake.machine.models).toBe(0);
  });

  test("samples from the weights of now after a step", async () => {
    const policy = (await policySite(dialect)).open();
    await policy.sample([request], noEnvironment);
    await policy.forwardBackward(batch);
    await policy.optimizerStep({ ...optimizer, learningRate: 1 });
    const [sampled] = await policy.sample([request], noEnvironment);
    const own = sampled?.segments[0];
    const [known] = await policy.logProbabilities([[...request.prompt, ...(own?.tokens ?? [])]]);
    const gaps = (own?.logProbabilities ?? [9]).map((value, place) => Math.abs(value - (known?.[place + 2] ?? 9)));
    expect(Math.max(...gaps)).toBeLessThan(1e-5);
  });
});

describe.each(dialects.filter(({ separateSampling }) => separateSampling).map(({ name }) => name))(
  "a policy on %s, whose sampling weights are apart",
  (dialect) => {
    test("keeps the weights of now for a sampler that goes on with them while it learns", async () => {
      const policy = (await policySite(dialect)).open();
      const requests = ["a", "b", "c", "d"].map((seed) => ({ ...request, seed }));
      const wanted = await policy.sample(requests, noEnvironment);
      const sequences = wanted.map(({ segments: [own] }) => [...request.prompt, ...(own?.tokens ?? [])]);
      const before = await policy.logProbabilities(sequences);
      const frozen = await policy.freeze();
      expect(await samplingGap(policy, frozen, requests)).toBeLessThan(1e-5);
      const sampling = frozen.sample(requests, noEnvironment);
      await policy.forwardBackward(batch);
      await policy.optimizerStep({ ...optimizer, learningRate: 1 });
      expect(await sampling).toEqual(wanted);
      expect(await frozen.sample(requests, noEnvironment)).toEqual(wanted);
      expect(await policy.logProbabilities(sequences)).not.toEqual(before);
      expect(await samplingGap(policy, frozen, requests)).toBeGreaterThan(1e-3);
      expect(await samplingGap(policy, policy, requests)).toBeLessThan(1e-5);
      await policy.close();
    });
  },
);

test("no two requests of a sampling session have one number, whoever samples from it", async () => {
  const { fake, open } = await policySite("miles");
  const policy = open();
  const frozen = await policy.freeze();
  await Promise.all([frozen, policy, frozen].map((sampler) => sampler.sample([request, request], noEnvironment)));
  const sent = fake.requests
    .filter(({ path }) => path === "asample")
    .map(({ body }) => JSON.parse(body) as { sampling_session_id: string; seq_id: number });
  expect(new Set(sent.map((one) => one.sampling_session_id)).size).toBe(1);
  expect(sent.map((one) => one.seq_id).toSorted((a, b) => a - b)).toEqual(sent.map((_, index) => index + 1));
});

test("a policy whose server samples from the weights that it trains keeps none", async () => {
  const { fake, open } = await policySite("skyrl-jax");
  await expect(open().freeze()).rejects.toThrow("rollout.staleness: the server (dialect skyrl-jax) samples from");
  expect(fake.requests).toEqual([]);
});

test("a reference policy's divergence is measured on a model beside the one in training", async () => {
  const { open } = await policySite("skyrl-train");
  const policy = open();
  const { ref } = await policy.save("main-0");
  const loss = { ...batch.loss, kind: "policy-gradient", clipLow: 0.2, clipHigh: 0.28, dualClip: 3 } as const;
  const withTerm = { ...batch, loss: { ...loss, klCoefficient: 0.1 }, reference: ref };
  expect((await policy.forwardBackward(withTerm)).klReferenceSum).toBeCloseTo(0, 9);
  await policy.optimizerStep(optimizer);
  expect((await policy.forwardBackward(withTerm)).klReferenceSum).toBeGreaterThan(1e-4);
  await policy.close();
});

test("a state that the server has no more is damaged, so that an older one is tried", async () => {
  const policy = (await policySite("skyrl-jax")).open();
  const ref = "tinker://model_9/weights/gone#steps=3&state=abc";
  await expect(policy.load(ref)).rejects.toBeInstanceOf(DamagedCheckpointError);
  await expect(policy.load("checkpoints/main-1")).rejects.toBeInstanceOf(DamagedCheckpointError);
});

describe("a server that has no more room", () => {
  test("is rid of the models that a killed process of the run left", async () => {
    const { fake, open, runFolder, client } = await policySite("skyrl-jax");
    const sessionId = await client.openSession();
    const left = await client.createModel(sessionId, { baseModel: "fake/bigram", rank: 8, seed: 1, index: 0 });
    writeFileSync(join(runFolder, "tinker-models.json"), JSON.stringify([left]));
    fake.machine.mostModels = 1;
    expect(await open().logProbabilities([[3, 9]])).toHaveLength(1);
    expect(fake.machine.has(left.modelId)).toBe(false);
  });

  test("keeps those that this process uses", async () => {
    const { fake, open } = await policySite("skyrl-jax");
    await open().logProbabilities([[3, 9]]);
    fake.machine.mostModels = 1;
    await expect(open().logProbabilities([[3, 9]])).rejects.toThrow(/Maximum number/u);
    expect(fake.machine.models).toBe(1);
  });
});

test("an ambiguous step fails the policy and is not sent again", async () => {
  const { fake, open } = await policySite("skyrl-jax");
  const policy = open();
  await policy.forwardBackward(batch);
  fake.inject({ on: "optim_step", kind: "lost-after" });
  await expect(policy.optimizerStep(optimizer)).rejects.toBeInstanceOf(TinkerAmbiguousError);
  expect(fake.machine.effects.optim_step).toBe(1);
});

test("many requests that wait for their next look are no leak that Node warns of", async () => {
  const warnings: string[] = [];
  const hear = ({ message }: Error): void => void warnings.push(message);
  process.on("warning", hear);
  const { fake, open } = await policySite("skyrl-jax");
  const policy = open({ requestsInFlight: 16 });
  const requests = Array.from({ length: 16 }, (_, index) => ({ ...request, seed: `${index}`, maxResponseTokens: 1 }));
  for (const _ of requests) fake.inject({ on: "asample", kind: "429-seconds" });
  expect(await policy.sample(requests, noEnvironment)).toHaveLength(16);
  await policy.close();
  process.off("warning", hear);
  expect(warnings).toEqual([]);
});
