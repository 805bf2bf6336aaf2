import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  configuredPools,
  furtherQuestions,
  questionsOfPool,
  questionsOfShard,
  questionsOfStep,
} from "../../src/curriculum/questions.ts";
import { Question } from "../../src/domain/question.ts";
import { testConfiguration } from "../training/trainer.ts";

function questions(count: number, perCluster = 1): Question[] {
  return Array.from({ length: count }, (_, index) =>
    Question.parse({
      id: `q${index}`,
      dataset: "test",
      kind: "open",
      text: "?",
      answer: "!",
      cluster: `c${Math.floor(index / perCluster)}`,
    }),
  );
}

describe("the questions of a step", () => {
  test("go through all training questions once an epoch", () => {
    const training = questions(12);
    const epoch = (first: number): string[] =>
      [0, 1, 2].flatMap((step) =>
        questionsOfStep(training, { seed: 1, step: first + step, count: 4 }).map(({ id }) => id),
      );
    expect(epoch(0).toSorted()).toEqual(training.map(({ id }) => id).toSorted());
    expect(epoch(3).toSorted()).toEqual(epoch(0).toSorted());
    expect(epoch(3)).not.toEqual(epoch(0));
  });

  test("are never asked twice in one step and depend on seed and step alone", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 40 }),
        (size, step, count) => {
          fc.pre(count <= size);
          const chosen = questionsOfStep(questions(size), { seed: 3, step, count }).map(({ id }) => id);
          expect(new Set(chosen).size).toBe(count);
          expect(questionsOfStep(questions(size), { seed: 3, step, count }).map(({ id }) => id)).toEqual(chosen);
        },
      ),
    );
  });

  test("are in shards that hold each once, in order, and about as many each", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (size, of) => {
        fc.pre(of <= size);
        const all = questions(size);
        const shards = Array.from({ length: of }, (_, index) => questionsOfShard(all, { index, of }));
        expect(shards.flat()).toEqual(all);
        const sizes = shards.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(Math.min(...sizes)).toBeGreaterThan(0);
      }),
    );
  });

  test("more than there are is refused by the setting's name", () => {
    expect(() => questionsOfStep(questions(3), { seed: 1, step: 0, count: 4 })).toThrow(
      /rollout\.questions: 4 questions an iteration, but the data set has only 3/u,
    );
  });
});

describe("further questions of a step", () => {
  const step = { seed: 3, step: 2, count: 4 };

  test("go on round by round, none of them asked in the step before, until there are no more", () => {
    const training = questions(12);
    const rounds = [
      { asked: 0, wanted: 3 },
      { asked: 3, wanted: 3 },
      { asked: 6, wanted: 5 },
      { asked: 8, wanted: 1 },
    ].map((round) => furtherQuestions(training, { ...step, ...round }).map(({ id }) => id));
    expect(rounds.map((round) => round.length)).toEqual([3, 3, 2, 0]);
    const all = [...questionsOfStep(training, step).map(({ id }) => id), ...rounds.flat()];
    expect(all.toSorted()).toEqual(training.map(({ id }) => id).toSorted());
  });

  test("depend on seed and step alone", () => {
    const drawn = (changes: Partial<typeof step>): string[] =>
      furtherQuestions(questions(40), { ...step, ...changes, asked: 0, wanted: 6 }).map(({ id }) => id);
    expect(drawn({})).toEqual(drawn({}));
    expect(drawn({})).not.toEqual(drawn({ seed: 4 }));
  });
});

describe("the questions of a pool", () => {
  const dataset = {
    validation: questions(9, 3),
    evaluation: [
      { name: "held-out", questions: questions(30, 10) },
      { name: "empty", questions: [] },
    ],
  };
  const configuration = testConfiguration({ gate: { questions: 3 }, evaluation: { questions: 6 } });

  test("come from as many clusters as can be, in the pool's order, the same in every run", () => {
    const validation = questionsOfPool(dataset, "validation", configuration);
    expect(validation.map(({ cluster }) => cluster)).toEqual(["c0", "c1", "c2"]);
    const heldOut = questionsOfPool(dataset, "held-out", configuration).map(({ cluster }) => cluster);
    expect(heldOut).toEqual(["c0", "c0", "c1", "c1", "c2", "c2"]);
  });

  test("of an unknown pool are refused", () => {
    expect(() => questionsOfPool(dataset, "elsewhere", configuration)).toThrow(
      /no pool "elsewhere"; known are validation, held-out, empty/u,
    );
  });

  test("are asked again, sampled, where the evaluation says so", () => {
    const twice = testConfiguration({ gate: { questions: 3 }, evaluation: { questions: 6, sampled: { samples: 2 } } });
    expect(configuredPools(dataset, twice)).toEqual(["held-out", "sampled held-out"]);
    expect(questionsOfPool(dataset, "sampled held-out", twice)).toEqual(questionsOfPool(dataset, "held-out", twice));
  });

  test("pools without questions are left out, all of them when none are wanted", () => {
    expect(configuredPools(dataset, configuration)).toEqual(["held-out"]);
    expect(configuredPools(dataset, testConfiguration({ evaluation: { questions: 0 } }))).toEqual([]);
  });
});
