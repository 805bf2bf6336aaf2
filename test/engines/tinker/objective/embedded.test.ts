import { afterAll, beforeAll, expect, test } from "vitest";
import { coefficientsOf } from "../../../../src/engines/tinker/objective/coefficients.ts";
import type { Loss, TrainingSequence } from "../../../../src/policy/port.ts";
import type { OnnxPolicy } from "../../../../src/engines/onnx/onnxPolicy.ts";
import { Workbench } from "../../onnx/support.ts";
import { learningSequences, lossesOn } from "./losses.ts";

const bench = new Workbench();
afterAll(() => bench.clear());

const still = { learningRate: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, gradientClip: 1e9 };
const unclipped: Loss = { kind: "policy-gradient", clipLow: 0.2, clipHigh: 0.28, dualClip: 1e6 };
const sequences = learningSequences();

/** A token alone with ratio 1: its gradient is −advantage · d log p, so that these advantages take a gradient away again. */
function takeAway(
  sequence: TrainingSequence,
  current: Float32Array,
  place: number,
  coefficient: number,
): TrainingSequence {
  const only = <T>(value: T, others: T): T[] => sequence.tokens.map((_, at) => (at === place ? value : others));
  return {
    tokens: sequence.tokens,
    lossMask: only(1, 0),
    sampledLogProbabilities: only(current[place] ?? NaN, 0),
    advantage: coefficient,
  };
}

let reference: string;
let policy: OnnxPolicy;
let current: Float32Array[];
let referenced: Float32Array[];

/** Its weights stay as they are: steps are taken at rate 0. */
beforeAll(async () => {
  reference = await bench.model({}, "reference");
  policy = await bench.open({ folder: await bench.model({}, "policy"), reference: true });
  const whole = sequences.map(({ tokens }) => tokens);
  current = await policy.logProbabilities(whole);
  referenced = await (await bench.open({ folder: reference })).logProbabilities(whole);
});

async function gradientNorm(): Promise<number> {
  return (await policy.optimizerStep(still)).gradientNorm ?? NaN;
}

test.each(lossesOn(sequences))(
  "the gradient of $name is that of the embedded engine",
  async ({ loss, lossDivisor }) => {
    const batch = { sequences, loss, lossDivisor, temperature: 1, referenceFolder: reference };

    const { loss: value } = await policy.forwardBackward(batch);
    const norm = await gradientNorm();
    expect(norm).toBeGreaterThan(1e-3);

    let ownValue = 0;
    const opposite = sequences.flatMap((sequence, index) => {
      const places = sequence.lossMask.flatMap((bit, place) => (bit > 0 ? [place] : []));
      const at = (values: ArrayLike<number> | undefined): number[] => places.map((place) => values?.[place] ?? NaN);
      const own = coefficientsOf(
        loss,
        {
          current: at(current[index]),
          sampled: at(sequence.sampledLogProbabilities),
          reference: at(referenced[index]),
          advantage: sequence.advantage,
        },
        lossDivisor,
      );
      ownValue += own.loss;
      const known = current[index] ?? new Float32Array();
      return places.map((place, position) => takeAway(sequence, known, place, own.gradient[position] ?? NaN));
    });
    expect(ownValue).toBeCloseTo(value, 5);

    await policy.forwardBackward(batch);
    await policy.forwardBackward({ sequences: opposite, loss: unclipped, lossDivisor: 1, temperature: 1 });
    expect((await gradientNorm()) / norm).toBeLessThanOrEqual(1e-4);
  },
);
