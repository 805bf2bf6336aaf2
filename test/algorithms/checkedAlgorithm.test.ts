import { describe, expect, test } from "vitest";
import type { Algorithm, ScoredBatch } from "../../src/algorithms/algorithm.ts";
import { algorithms } from "../../src/algorithms/algorithmRegistry.ts";
import { checkedAlgorithm } from "../../src/algorithms/checkedAlgorithm.ts";
import { byGroup } from "../../src/algorithms/groups.ts";
import { PartFaultError } from "../../src/parts/partFault.ts";

const batch: ScoredBatch = {
  samples: [1, 0, 1, 0].map((total, index) => ({ questionId: index < 2 ? "a" : "b", total, correct: total === 1 })),
  components: [],
  questions: 2,
};
const minibatch = { sequences: 4, policyTokens: 37, maxResponseTokens: 16 };

/** GRPO called "mine" with these functions in place of its own, which may give anything. */
function mine(changes: Readonly<Record<string, () => unknown>>): Algorithm {
  return checkedAlgorithm("mine", { ...algorithms.create({ name: "grpo", settings: {} }), ...changes });
}

const fault = (ask: () => unknown): string => {
  try {
    ask();
  } catch (error) {
    if (error instanceof PartFaultError) return error.message;
    throw error;
  }
  return "none";
};

describe("the advantages of an algorithm", () => {
  const told = (advantages: () => unknown): string => fault(() => mine({ advantages }).advantages(batch));

  test("are one per sample; null is a sample that takes no part", () => {
    expect(mine({ advantages: () => [1, null, -0.5, 0] }).advantages(batch)).toEqual([1, null, -0.5, 0]);
  });

  test.each([
    [undefined, "undefined"],
    [Number.NaN, "NaN"],
    [Infinity, "Infinity"],
    ["1", "'1'"],
  ])("are refused with the algorithm's name and the sample where one is %s", (bad, said) => {
    expect(told(() => [1, 0, bad, 0])).toBe(
      `algorithm "mine" gave ${said} as the advantage of sample 2; expected is a finite number, or null where the sample takes no part`,
    );
  });

  test("are refused where one is left out of the middle, or they are too few or no array", () => {
    // oxlint-disable-next-line no-sparse-arrays -- an extension may write so
    expect(told(() => [1, , 0, 0])).toContain("gave undefined as the advantage of sample 1");
    expect(told(() => [1])).toBe('algorithm "mine" gave 1 advantages for 4 samples');
    expect(told(() => undefined)).toBe(
      'algorithm "mine" gave advantages that are no array; expected is one per sample',
    );
  });

  test("made by group are refused where a group gets more or fewer values than it has samples", () => {
    expect(told(() => byGroup(batch.samples, [1, 2, 3, 4], (group) => group.slice(1)))).toBe(
      'algorithm "mine" threw: 1 values were made for a group of 2 samples',
    );
    expect(() => byGroup(batch.samples, [1, 2, 3], (group) => [...group])).toThrow("3 values for 4 samples");
  });
});

describe("the numbers of an algorithm", () => {
  test.each([12.5, 0, -3, Number.NaN, undefined])("refuse a loss divisor of %s", (given) => {
    expect(fault(() => mine({ lossDivisor: () => given }).lossDivisor(minibatch))).toBe(
      `algorithm "mine" gave ${String(given)} as a loss divisor; expected is an integer of at least 1`,
    );
  });

  test.each([1.5, -1, Number.NaN])("refuse %s further questions", (given) => {
    expect(fault(() => mine({ questionsWanted: () => given }).questionsWanted(batch, 0))).toContain(
      "the number of questions wanted; expected is an integer of at least 0",
    );
  });

  test.each([
    [{ "mine/x": Number.NaN }, /^algorithm "mine" gave metrics that do not fit: mine\/x: .*received NaN$/u],
    [{ "mine/x": "1" }, /^algorithm "mine" gave metrics that do not fit: mine\/x: .*received string$/u],
    [
      { "reward/total": 42 },
      /^algorithm "mine" gave the metric "reward\/total"; names of its own begin with "mine\/"$/u,
    ],
    [{ mine: 1 }, /the metric "mine"; names/u],
    [Promise.resolve({}), /^algorithm "mine" gave metrics that do not fit: input/u],
    [undefined, /^algorithm "mine" gave metrics that do not fit: input/u],
  ])("refuse the metrics %j", (given, message) => {
    expect(fault(() => mine({ metrics: () => given }).metrics(batch))).toMatch(message);
  });

  test("are those of the algorithm where they can be used", () => {
    expect(mine({ metrics: () => ({ "mine/x": 2 }) }).metrics(batch)).toEqual({ "mine/x": 2 });
    expect(mine({}).lossDivisor(minibatch)).toBe(37);
    expect(mine({}).questionsWanted(batch, 0)).toBe(0);
  });
});

test.each([
  ["advantages", (algorithm: Algorithm) => algorithm.advantages(batch)],
  ["lossDivisor", (algorithm: Algorithm) => algorithm.lossDivisor(minibatch)],
  ["questionsWanted", (algorithm: Algorithm) => algorithm.questionsWanted(batch, 0)],
  ["metrics", (algorithm: Algorithm) => algorithm.metrics(batch)],
])("what %s of an algorithm throws is told with the algorithm's name", (name, ask) => {
  const broken = mine({
    [name]: () => {
      throw new TypeError("x is not a function");
    },
  });
  expect(fault(() => ask(broken))).toBe('algorithm "mine" threw: x is not a function');
});

test.each(algorithms.names())("what %s gives can be used", (name) => {
  const algorithm = checkedAlgorithm(name, algorithms.create(algorithms.Chosen.parse(name)));
  expect(algorithm.advantages(batch)).toHaveLength(4);
  expect(algorithm.lossDivisor(minibatch)).toBeGreaterThan(0);
  expect(algorithm.questionsWanted(batch, 0)).toBe(0);
  algorithm.metrics(batch);
});
