import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { algorithmOf } from "../../src/training/learning.ts";
import { packMicroBatches } from "../../src/training/microBatches.ts";
import { createPlan, withSmallerMicroBatches } from "../../src/training/plan.ts";
import type { PlanInput } from "../../src/training/plan.ts";
import type { Trajectory } from "../../src/domain/trajectory.ts";
import { testConfiguration } from "./trainer.ts";

function trajectoryOf(index: number, policyTokens: number): Trajectory {
  return {
    branch: "main",
    stage: 1,
    iteration: 0,
    questionId: `q${index % 3}`,
    sample: index,
    promptTokens: [1, 2],
    segments: [
      {
        origin: "policy",
        tokens: Array.from({ length: policyTokens }, () => 3),
        logProbabilities: Array.from({ length: policyTokens }, () => -1),
      },
    ],
    text: "",
    calls: [],
    stopReason: "end",
  };
}

const first = { branch: "main", step: 0, stage: 1, iteration: 0 };

function planInput(
  lengths: readonly number[],
  advantages: readonly (number | null)[],
  changes: Partial<PlanInput> = {},
): PlanInput {
  const configuration = changes.configuration ?? testConfiguration({ optimizer: { minibatches: 3 } });
  return {
    configuration,
    algorithm: algorithmOf(configuration),
    settings: {
      optimizer: configuration.optimizer,
      learns: "rollouts",
      temperature: configuration.rollout.temperature,
    },
    address: first,
    staleness: 0,
    parentStateHash: "parent",
    stageStart: { branch: "main", step: 0 },
    ready: {
      batches: [],
      scores: [],
      fingerprint: "engine",
      trajectories: lengths.map((length, index) => trajectoryOf(index, length)),
      advantages,
    },
    ...changes,
  };
}

function oneMinibatch(settings: Readonly<Record<string, number>> = {}): PlanInput["configuration"] {
  return testConfiguration({ optimizer: { minibatches: 1 }, algorithm: { name: "grpo", settings } });
}

const trajectories = fc.array(
  fc.record({ length: fc.integer({ min: 1, max: 60 }), advantage: fc.constantFrom(-1, 0, 0.5) }),
  { minLength: 1, maxLength: 30 },
);

describe("a plan", () => {
  test("names every trajectory with an advantage once and no other", () => {
    fc.assert(
      fc.property(trajectories, (items) => {
        const plan = createPlan(
          planInput(
            items.map(({ length }) => length),
            items.map(({ advantage }) => advantage),
          ),
        );
        const expected = [...items.entries()].filter(([, { advantage }]) => advantage !== 0).map(([index]) => index);
        expect(plan.minibatches.flat(2).toSorted((a, b) => a - b)).toEqual(expected);
      }),
    );
  });

  test("divides a minibatch's loss by the policy tokens of all its trajectories, those without advantage included", () => {
    const plan = createPlan(planInput([5, 7, 11, 13, 17, 19], [1, 1, 1, -1, -1, -1]));
    expect(plan.lossDivisors.reduce((sum, tokens) => sum + tokens, 0)).toBe(5 + 7 + 11 + 13 + 17 + 19);
    const quiet = createPlan(planInput([5, 7, 11], [1, 0, 0], { configuration: oneMinibatch() }));
    expect(quiet.minibatches).toEqual([[[0]]]);
    expect(quiet.lossDivisors).toEqual([23]);
  });

  test("leaves trajectories out of the update and of its divisors that take no part, whatever the loss", () => {
    const without = planInput([5, 7, 11], [1, null, 1], { configuration: oneMinibatch({ klCoefficient: 0.1 }) });
    const plan = createPlan(without);
    expect(plan.advantages).toEqual([1, 0, 1]);
    expect(plan.minibatches.flat(2).toSorted((a, b) => a - b)).toEqual([0, 2]);
    expect(plan.lossDivisors).toEqual([16]);
  });

  test.each([{ klCoefficient: 0.1 }, { entropyCoefficient: 0.1 }])(
    "with %j names every trajectory, since all have a gradient",
    (coefficient) => {
      const plan = createPlan(planInput([5, 7, 11], [1, 0, 0], { configuration: oneMinibatch(coefficient) }));
      expect(plan.minibatches.flat(2).toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
      expect(plan.loss).toMatchObject(coefficient);
      expect(plan.reference).toEqual("klCoefficient" in coefficient ? { branch: "main", step: 0 } : undefined);
    },
  );

  test("without KL and entropy terms says nothing of them", () => {
    const plan = createPlan(planInput([5], [1]));
    expect(Object.keys(plan.loss)).toEqual(["kind", "clipLow", "clipHigh", "dualClip"]);
    expect(plan).not.toHaveProperty("reference");
  });

  test("has no minibatch without anything to learn", () => {
    expect(createPlan(planInput([5, 7, 11], [0, 0, 0]))).toMatchObject({ minibatches: [], lossDivisors: [] });
  });

  test("is the same whenever it is made, and another one on another branch or step", () => {
    const lengths = Array.from({ length: 12 }, (_, index) => index + 3);
    const ones = lengths.map((_, index) => (index % 2 === 0 ? 1 : -1));
    expect(createPlan(planInput(lengths, ones))).toEqual(createPlan(planInput(lengths, ones)));
    expect(createPlan(planInput(lengths, ones, { address: { ...first, step: 1 } })).minibatches).not.toEqual(
      createPlan(planInput(lengths, ones)).minibatches,
    );
    expect(createPlan(planInput(lengths, ones, { address: { ...first, branch: "branch-1" } })).minibatches).not.toEqual(
      createPlan(planInput(lengths, ones)).minibatches,
    );
  });

  test("in smaller micro-batches has the same minibatches and divisors", () => {
    const input = planInput([5, 7, 11, 13, 17, 19], [1, 1, 1, -1, -1, -1]);
    const plan = createPlan(input);
    const smaller = withSmallerMicroBatches(plan, input.ready.trajectories, 20);
    expect(smaller).toMatchObject({ revision: 1, lossDivisors: plan.lossDivisors });
    expect(smaller.minibatches.map((minibatch) => minibatch.flat().toSorted((a, b) => a - b))).toEqual(
      plan.minibatches.map((minibatch) => minibatch.flat().toSorted((a, b) => a - b)),
    );
    expect(smaller.minibatches.flat().length).toBeGreaterThan(plan.minibatches.flat().length);
  });
});

describe("micro-batches", () => {
  test("stay within the budget of padded tokens unless a single sequence is longer", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 40 }),
        fc.integer({ min: 10, max: 200 }),
        (lengths, budget) => {
          const batches = packMicroBatches([...lengths.keys()], lengths, budget);
          const padded = batches
            .filter((batch) => batch.length > 1)
            .map((batch) => batch.length * Math.max(...batch.map((index) => lengths[index] ?? 0)));
          expect(Math.max(0, ...padded)).toBeLessThanOrEqual(budget);
          expect(batches.flat().toSorted((a, b) => a - b)).toEqual([...lengths.keys()]);
        },
      ),
    );
  });
});
