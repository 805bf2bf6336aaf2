import { describe, expect, test } from "vitest";
import { z } from "zod";
import { presets } from "../../../../src/configuration/presets.ts";
import { dialectNamed, dialects } from "../../../../src/engines/tinker/dialects/table.ts";
import { coefficientsOf } from "../../../../src/engines/tinker/objective/coefficients.ts";
import { checkOptimizer, express } from "../../../../src/engines/tinker/objective/express.ts";
import { learn } from "../../../../src/engines/tinker/objective/learn.ts";
import { stepSizeOf } from "../../../../src/policy/stepSize.ts";
import type { TrainingSequence } from "../../../../src/policy/port.ts";
import { addGradient, logProbability, newBigram, normOf, type Bigram } from "../../../support/tinker/bigram.ts";
import { vocabulary } from "../../../support/tinker/machine.ts";
import { modelOn, siteOf } from "../support.ts";
import { learningSequences, lossesOn, type NamedLoss } from "./losses.ts";

const sequences = learningSequences();
const referenceModel = newBigram(vocabulary, 99);

function logProbabilitiesOf(model: Bigram, { tokens }: TrainingSequence): number[] {
  return tokens.map((token, at) => (at === 0 ? 0 : logProbability(model, tokens[at - 1] ?? 0, token)));
}

/** The loss's gradient by the closed form of the fake's own model. */
function wanted(model: Bigram, { loss, lossDivisor }: NamedLoss): Float64Array {
  const gradient = new Float64Array(model.weights.length);
  for (const sequence of sequences) {
    const places = sequence.lossMask.flatMap((bit, place) => (bit > 0 ? [place] : []));
    const at = (values: readonly number[]): number[] => places.map((place) => values[place] ?? NaN);
    const tokens = {
      current: at(logProbabilitiesOf(model, sequence)),
      sampled: at(sequence.sampledLogProbabilities),
      reference: at(logProbabilitiesOf(referenceModel, sequence)),
      advantage: sequence.advantage,
    };
    for (const [index, value] of coefficientsOf(loss, tokens, lossDivisor).gradient.entries()) {
      const place = places[index] ?? 0;
      addGradient(model, gradient, sequence.tokens[place - 1] ?? 0, sequence.tokens[place] ?? 0, value);
    }
  }
  return gradient;
}

describe.each(dialects.map(({ name }) => name))("on a server of dialect %s", (dialect) => {
  test("every algorithm's gradient is the same, also when a step is sent in parts", async () => {
    const { fake, client } = await siteOf(dialect);
    let seed = 1;
    for (const named of lossesOn(sequences)) {
      const model = await modelOn(client, seed++);
      const step = stepSizeOf(sequences);
      const referenced = sequences.map((sequence) => logProbabilitiesOf(referenceModel, sequence));
      const { loss, lossDivisor } = named;
      let sequence = 1;
      for (const [from, to] of [
        [0, 2],
        [2, 6],
      ] as const) {
        const part = { sequences: sequences.slice(from, to), reference: referenced.slice(from, to) };
        const calls = { forward: { sequence: sequence++ }, forwardBackward: { sequence: sequence++ } };
        await learn(client, model, { ...part, loss, lossDivisor, step, temperature: 1 }, calls);
      }
      const right = wanted(fake.machine.bigramOf(model.modelId), named);
      const got = fake.machine.gradientOf(model.modelId);
      const difference = normOf(got.map((value, at) => value - (right[at] ?? 0))) / normOf(right);
      expect({ algorithm: named.name, isSame: difference <= 1e-4, difference }).toMatchObject({ isSame: true });
    }
  });
});

describe("the guard on log-probabilities", () => {
  test("stops an update whose samples are not this model's, before anything is learnt", async () => {
    const { fake, client } = await siteOf("skyrl-jax");
    const model = await modelOn(client);
    const [named] = lossesOn(sequences);
    if (named === undefined) throw new Error("no algorithm");
    const request = { ...named, sequences, step: stepSizeOf(sequences), temperature: 1, largestGap: 0.1 };
    const calls = { forward: { sequence: 1 }, forwardBackward: { sequence: 2 } };
    await expect(learn(client, model, request, calls)).rejects.toThrow(
      /differ by .* at most 0.1 is allowed; nothing was learnt/u,
    );
    expect(fake.machine.effects.forward_backward).toBe(0);
  });

  test("lets samples of this very model pass, and counts what it saw", async () => {
    const { fake, client } = await siteOf("skyrl-jax");
    const model = await modelOn(client);
    const [named] = lossesOn(sequences);
    if (named === undefined) throw new Error("no algorithm");
    const own = sequences.map((sequence) => ({
      ...sequence,
      sampledLogProbabilities: logProbabilitiesOf(fake.machine.bigramOf(model.modelId), sequence),
    }));
    const request = { ...named, sequences: own, step: stepSizeOf(own), temperature: 1, largestGap: 1e-3 };
    const calls = { forward: { sequence: 1 }, forwardBackward: { sequence: 2 } };
    const metrics = await learn(client, model, request, calls);
    expect(metrics).toMatchObject({ tokens: stepSizeOf(own).weight, clippedLow: 0, clippedHigh: 0 });
    expect(metrics.logProbabilityGapMax).toBeLessThan(1e-9);
  });
});

const PaperPreset = z.looseObject({
  policy: z.looseObject({ rank: z.number() }),
  optimizer: z.looseObject({ gradientClip: z.number() }),
});

/** The message of what it throws; empty where it throws nothing. */
function thrownBy(action: () => void): string {
  try {
    action();
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe("what a server cannot compute", () => {
  const loss = { kind: "policy-gradient", clipLow: 0.2, clipHigh: 0.28, dualClip: 3 } as const;
  const jax = dialectNamed("skyrl-jax");

  test("is refused by the name of its setting", () => {
    expect(() => express({ ...loss, entropyCoefficient: 0.01 }, 1, jax)).toThrow(
      "entropyCoefficient: the server (dialect skyrl-jax)",
    );
    expect(() => express(loss, 0.7, jax)).toThrow("temperature 0.7: the server");
    expect(() => express(loss, 1, { ...jax, losses: ["cross_entropy"] })).toThrow("algorithm: the server");
    expect(() => checkOptimizer({ gradientClip: 1 }, jax)).toThrow(
      "optimizer.gradientClip 1: the server (dialect skyrl-jax) never clips gradients: to train without a limit, start the run with --set optimizer.gradientClip=1000000",
    );
    expect(() => checkOptimizer({ gradientClip: 1 }, dialectNamed("skyrl-train"))).toThrow(
      "the limit it was started with, whatever a step asks for: start the server with 1 (SkyRL: trainer.policy.optimizer_config.max_grad_norm), and the run with --set optimizer.gradientClip=1000000",
    );
  });

  test.each(Object.keys(presets).filter((name) => name.startsWith("paper-")))(
    "%s starts on every server that trains its weights, as it is or with what its refusal says",
    (name) => {
      const { policy, optimizer } = PaperPreset.parse(presets[name]);
      const rows = dialects.filter(({ weights }) => weights.includes(policy.rank === 0 ? "full" : "adapters"));
      expect(rows.length).toBeGreaterThan(1);
      for (const row of rows) {
        const said = thrownBy(() => checkOptimizer(optimizer, row));
        const set = /--set optimizer\.gradientClip=(\S+)$/u.exec(said)?.[1];
        expect(said === "").toBe(row.gradientClip === "per-step");
        const asSaid = set === undefined ? optimizer : { gradientClip: Number(set) };
        expect(() => checkOptimizer(asSaid, row)).not.toThrow();
      }
    },
  );

  test("does not stand in the way of what it can", () => {
    expect(() => checkOptimizer({ gradientClip: 1e6 }, jax)).not.toThrow();
    expect(() => checkOptimizer({ gradientClip: 1 }, dialectNamed("miles"))).not.toThrow();
    expect(express(loss, 1, jax)).toEqual({ calls: 2 });
    expect(express({ kind: "cross-entropy" }, 1, jax)).toEqual({ calls: 2 });
    expect(express({ kind: "cross-entropy" }, 1, dialectNamed("tinker")).calls).toBe(1);
    expect(express(loss, 1, { ...jax, dualClip: 3 })).toMatchObject({
      loss: "ppo",
      settings: { clip_low_threshold: 0.8, clip_high_threshold: 1.28 },
    });
  });
});
