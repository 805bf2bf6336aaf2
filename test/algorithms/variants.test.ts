import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Algorithm, RewardComponent, ScoredBatch } from "../../src/algorithms/algorithm.ts";
import { algorithms } from "../../src/algorithms/algorithmRegistry.ts";

const make = (name: string, settings: Record<string, unknown> = {}): Algorithm =>
  algorithms.create(algorithms.Chosen.parse({ name, settings }));

/** Samples of questions a, b, … with these totals; right where the total reaches 1. */
function batchOf(
  groups: readonly (readonly number[])[],
  components: readonly RewardComponent[] = [],
  questions = groups.length,
): ScoredBatch {
  const samples = groups.flatMap((totals, group) =>
    totals.map((total) => ({ questionId: String.fromCodePoint(97 + group), total, correct: total >= 1 })),
  );
  return { samples, components, questions };
}

/** To four digits, of which the groups' epsilon leaves so many alone. */
function rounded(values: readonly (number | null)[]): (number | null)[] {
  return values.map((value) => (value === null ? null : Math.round(1e4 * value) / 1e4 + 0));
}

describe("DAPO", () => {
  test("asks for as many further questions as groups have zero variance, up to its bound", () => {
    const dapo = make("dapo", { maximumRounds: 2 });
    const batch = batchOf([
      [1, 1],
      [0, 1],
      [0, 0],
    ]);
    expect([0, 1, 2].map((rounds) => dapo.questionsWanted(batch, rounds))).toEqual([2, 2, 0]);
    expect(
      dapo.questionsWanted(
        batchOf([
          [0, 1],
          [1, 0],
        ]),
        0,
      ),
    ).toBe(0);
  });

  test("learns from no more groups than an update is meant to have, zero-variance ones left out of its divisors", () => {
    const batch = batchOf(
      [
        [1, 1],
        [0, 1],
        [1, 0],
        [0, 1],
      ],
      [],
      2,
    );
    const half = Math.SQRT1_2;
    const found = make("dapo").advantages(batch);
    expect([found.slice(0, 2), found.slice(6)]).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(rounded(found.slice(2, 6))).toEqual(rounded([-half, half, half, -half]));
    expect(make("dapo").metrics(batch)).toEqual({ "dapo/groups_asked": 4, "dapo/groups_kept": 2 });
  });
});

test("Dr. GRPO's advantages are deviations from the group mean; its divisor is the response limit of every sequence", () => {
  const drGrpo = make("dr-grpo");
  expect(
    rounded(
      drGrpo.advantages(
        batchOf([
          [0, 1, 2],
          [5, 5, 5],
        ]),
      ),
    ),
  ).toEqual(rounded([-1, 0, 1, 0, 0, 0]));
  expect(drGrpo.lossDivisor({ sequences: 6, policyTokens: 1, maxResponseTokens: 140 })).toBe(840);
});

test("GSPO clips one ratio a sequence and means over sequences", () => {
  const gspo = make("gspo", { klCoefficient: 0.1 });
  expect(gspo.loss).toEqual({ kind: "sequence-policy-gradient", clipLow: 3e-4, clipHigh: 4e-4, klCoefficient: 0.1 });
  expect(gspo.lossDivisor({ sequences: 6, policyTokens: 999, maxResponseTokens: 140 })).toBe(6);
  expect(rounded(gspo.advantages(batchOf([[0, 1, 2]])))).toEqual(rounded([-1, 0, 1]));
});

test("REINFORCE++ divides deviations from the group mean by the deviation of the whole batch", () => {
  // Deviations −1, 1, −3, 3: mean 0, sample variance 20 ÷ 3.
  const scale = Math.sqrt(20 / 3);
  expect(
    rounded(
      make("reinforce-plus-plus").advantages(
        batchOf([
          [0, 2],
          [0, 6],
        ]),
      ),
    ),
  ).toEqual(rounded([-1 / scale, 1 / scale, -3 / scale, 3 / scale]));
});

describe("GDPO", () => {
  const component = (name: string, weight: number, values: (number | null)[]): RewardComponent => ({
    name,
    weight,
    values,
  });

  test("normalises each part within its group, weighs, then normalises over the batch", () => {
    const half = Math.SQRT1_2;
    // Group a: answer ±h, format 0; group b: answer ∓h, format ±h. Sums: −h, h, h + 0.5h… with weight 0.5 on format.
    const batch = batchOf(
      [
        [0, 1],
        [1, 1],
      ],
      [component("answer", 1, [0, 1, 1, 0]), component("format", 0.5, [1, 1, 0, 1])],
    );
    const sums = [-half, half, half - half / 2, -half + half / 2];
    const mean = sums.reduce((sum, value) => sum + value, 0) / 4;
    const scale = Math.sqrt(sums.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3);
    expect(rounded(make("gdpo").advantages(batch))).toEqual(rounded(sums.map((sum) => (sum - mean) / scale)));
  });

  test("leaves a part that is null for a sample out of that part's group, and adds 0 where it is null for all", () => {
    const half = Math.SQRT1_2;
    const batch = batchOf(
      [[0, 0, 0]],
      [component("answer", 1, [0, null, 1]), component("clinical", 1, [null, null, null])],
    );
    // Sums −h, 0, h: mean 0, sample deviation h.
    expect(rounded(make("gdpo").advantages(batch))).toEqual(rounded([-half / half, 0, half / half]));
  });

  test("counts a response that failed the gate by the gate alone where that is set", () => {
    const gate = component("format", 1, [1, 1, 1, 0]);
    const answer = { ...component("answer", 1, [1, 0.4, 0.4, 0.1]), standsIn: [false, false, false, true] };
    const batch = batchOf([[1, 0.4, 0.4, 0.1]], [gate, answer]);
    const [best, , , apart] = make("gdpo", { failed: "apart" }).advantages(batch);
    const [compressed, , , punished] = make("gdpo").advantages(batch);
    expect(Number(best)).toBeGreaterThan(Number(compressed));
    expect(Number(apart)).toBeGreaterThan(Number(punished));
  });

  test("learns from equal totals with unequal parts, and nothing from a group whose sums are equal", () => {
    const batch = batchOf(
      [
        [1, 1],
        [1, 1],
      ],
      [component("answer", 1, [0, 1, 1, 1]), component("reasoning", 0.8, [0.5, 0.5, 0.2, 0.2])],
    );
    const found = make("gdpo").advantages(batch);
    expect(found.slice(0, 2).map((value) => Math.sign(value ?? 0))).toEqual([-1, 1]);
    expect(found.slice(2)).toEqual([0, 0]);
  });
});

test("supervised cross-entropy learns from right responses alone", () => {
  const sft = make("sft");
  expect(
    sft.advantages(
      batchOf([
        [1, 0.1],
        [0.4, 1],
      ]),
    ),
  ).toEqual([1, null, null, 1]);
  expect(sft.loss).toEqual({ kind: "cross-entropy" });
  expect(sft.guards).not.toContain("entropy-collapse");
});

describe("every algorithm", () => {
  const groups = fc.array(fc.array(fc.double({ min: -1, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 }), {
    minLength: 1,
    maxLength: 5,
  });

  test.each(algorithms.names())(
    "%s gives one finite advantage a sample, or none, and a divisor of at least 1",
    (name) => {
      fc.assert(
        fc.property(groups, (totals) => {
          const batch = batchOf(totals, [{ name: "answer", weight: 1, values: totals.flat() }]);
          const algorithm = make(name);
          const found = algorithm.advantages(batch);
          expect(found).toHaveLength(batch.samples.length);
          expect(found.every((value) => value === null || Number.isFinite(value))).toBe(true);
          expect(algorithm.lossDivisor({ sequences: 0, policyTokens: 0, maxResponseTokens: 8 })).toBeGreaterThanOrEqual(
            1,
          );
        }),
      );
    },
  );

  test.each(algorithms.names())("%s does not depend on the order of the groups", (name) => {
    const [one, other] = [
      [0.1, 0.9, 1.2],
      [0, 2, 1],
    ];
    const batch = (totals: readonly (readonly number[])[]): ScoredBatch =>
      batchOf(totals, [{ name: "answer", weight: 1, values: totals.flat() }]);
    const algorithm = make(name);
    const before = algorithm.advantages(batch([one ?? [], other ?? []]));
    const after = algorithm.advantages(batch([other ?? [], one ?? []]));
    expect(rounded([...after.slice(3), ...after.slice(0, 3)])).toEqual(rounded(before));
  });
});
