import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomStream } from "../../src/domain/seed.ts";
import { worldBootstrap, type WorldAnswers } from "../../src/studies/statistics/worldBootstrap.ts";

const options = { confidence: 0.95, resamples: 2000, seed: ["test"] };

const run = (world: number, right: readonly number[], of = 10, regime = "r"): WorldAnswers => ({
  regime,
  world: String(world),
  plus: { right, total: right.map(() => of) },
  minus: null,
});

const pair = (one: WorldAnswers, other: WorldAnswers): WorldAnswers => ({ ...one, minus: other.plus });

describe("the mean over worlds", () => {
  test("by hand: each world counts once, however many answers or diseases it has, and each regime once", async () => {
    expect((await worldBootstrap([run(1, [10]), run(2, [0, 0, 0], 50)], options)).mean).toBe(0.5);
    const regimes = [run(1, [10], 10, "a"), run(2, [10], 10, "a"), run(3, [10], 10, "a"), run(4, [0], 10, "b")];
    expect((await worldBootstrap(regimes, options)).mean).toBe(0.5);
  });

  test("by hand: runs of one world count as one, so that a world with more seeds does not count more", async () => {
    expect((await worldBootstrap([run(1, [10]), run(1, [10]), run(1, [10]), run(2, [0])], options)).mean).toBe(0.5);
  });

  test("by hand: of pairs it is the mean of the differences, and the same numbers twice differ by exactly nothing", async () => {
    const [one, other] = [run(1, [9, 7]), run(2, [4, 4])];
    const difference = await worldBootstrap([pair(one, run(1, [5, 5])), pair(other, run(2, [2, 2]))], options);
    expect(difference.mean).toBeCloseTo((0.3 + 0.2) / 2, 12);
    const same = [1, 2, 3, 4, 5, 6].map((world) => run(world, [world, 4]));
    expect(
      await worldBootstrap(
        same.map((each) => pair(each, each)),
        options,
      ),
    ).toEqual({ mean: 0, low: 0, high: 0, p: 1, worlds: 6 });
  });

  test("over fewer than six worlds nothing is said of how worlds differ, alike as they may be", async () => {
    const alike = [1, 2, 3, 4, 5, 6].map((world) => run(world, [9, 1]));
    for (const worlds of [1, 2, 5])
      expect(await worldBootstrap(alike.slice(0, worlds), options)).toEqual({
        mean: 0.5,
        low: null,
        high: null,
        p: null,
        worlds,
      });
    expect((await worldBootstrap(alike, options)).low).not.toBeNull();
  });

  test("an interval that leaves out 0 has a p value below 0.05, and one that holds it has not", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -2, max: 8 }), { minLength: 6, maxLength: 9 }), async (gains) => {
        const runs = gains.map((gain, world) => pair(run(world, [gain + 2]), run(world, [2])));
        const { low, high, p } = await worldBootstrap(runs, { ...options, resamples: 1000 });
        const near = Math.min(Math.abs(low ?? 0), Math.abs(high ?? 0)) < 0.01;
        fc.pre(!near);
        expect((p ?? 1) < 0.05).toBe((low ?? 0) > 0 || (high ?? 0) < 0);
      }),
      { numRuns: 40 },
    );
  });

  test("runs of one world stand and fall together: five seeds of it say no more of worlds than one", async () => {
    const once = [1, 2, 3, 4, 5, 6].map((world) => run(world, [world % 2 === 0 ? 10 : 0]));
    const five = once.flatMap((one) => [one, one, one, one, one]);
    const { mean, low, high } = await worldBootstrap(once, options);
    expect(await worldBootstrap(five, options)).toMatchObject({ mean: expect.closeTo(mean, 12), low, high });
  });

  test("is the same every time, and holds its mean", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 1, maxLength: 5 }), {
          minLength: 6,
          maxLength: 9,
        }),
        async (worlds) => {
          const runs = worlds.map((right, world) => run(world, right));
          const interval = await worldBootstrap(runs, { ...options, resamples: 100 });
          expect(interval.low ?? NaN).toBeLessThanOrEqual(interval.mean);
          expect(interval.high ?? NaN).toBeGreaterThanOrEqual(interval.mean);
          expect(await worldBootstrap(runs, { ...options, resamples: 100 })).toEqual(interval);
        },
      ),
      { numRuns: 20 },
    );
  });

  test("refuses a run without answers, and a disease that one run of a pair was not asked", async () => {
    await expect(worldBootstrap([], options)).rejects.toThrow(/at least one run/u);
    await expect(worldBootstrap([run(7, [])], options)).rejects.toThrow(/world 7 in regime r has no answer/u);
    await expect(worldBootstrap([pair(run(7, [1, 1]), run(7, [1]))], options)).rejects.toThrow(
      /in both runs of a pair/u,
    );
  });

  test("with normal differences the interval and the p value are about Student's", async () => {
    // Mean 0.1, sample deviation 0.1 over eight worlds: t = 2.83, so p = 0.0254 and the interval 0.1 ± 0.0836.
    const around = [-1.4, -0.9, -0.5, -0.2, 0.2, 0.5, 0.9, 1.4];
    const deviation = Math.sqrt(around.reduce((sum, x) => sum + x * x, 0) / 7);
    const runs = around.map((x, world) => run(world, [0.1 + (0.1 * x) / deviation], 1));
    const { low, high, p } = await worldBootstrap(runs, { ...options, resamples: 20_000 });
    expect(low).toBeCloseTo(0.1 - 0.0836, 1.5);
    expect(high).toBeCloseTo(0.1 + 0.0836, 1.5);
    expect(p).toBeGreaterThan(0.01);
    expect(p).toBeLessThan(0.06);
  });
});

/** Share of simulated studies whose interval holds the true mean difference. Diseases differ within worlds, worlds differ by `effect`. */
async function coverage(worlds: number, truth: number, effect: (uniform: () => number) => number): Promise<number> {
  let covered = 0;
  const experiments = 200;
  for (let experiment = 0; experiment < experiments; experiment++) {
    const draw = randomStream(["coverage", worlds, experiment]);
    const answers = (share: number): number =>
      Array.from({ length: 3 }).filter(() => draw.uniform() < Math.min(1, Math.max(0, share))).length;
    const runs = Array.from({ length: worlds }, (_, world) => {
      const hard = Array.from({ length: 8 }, () => 0.2 * (draw.uniform() - 0.5));
      const better = effect(() => draw.uniform());
      const arm = (share: number): WorldAnswers =>
        run(
          world,
          hard.map((h) => answers(share + h)),
          3,
        );
      return pair(arm(0.4 + better), arm(0.4));
    });
    const { low, high } = await worldBootstrap(runs, { confidence: 0.95, resamples: 200, seed: ["c", experiment] });
    if ((low ?? 1) <= truth && truth <= (high ?? -1)) covered++;
  }
  return covered / experiments;
}

describe("an interval of 95 % holds the true difference about 95 times of 100", () => {
  // Of 200 experiments the share itself is known to ± 3 points.
  test("over six worlds, the fewest that an interval is given for", async () => {
    expect(await coverage(6, 0.1, (uniform) => 0.1 + 0.3 * (uniform() - 0.5))).toBeGreaterThan(0.88);
  });

  test("over eight worlds that differ a little", async () => {
    const share = await coverage(8, 0.1, (uniform) => 0.1 + 0.3 * (uniform() - 0.5));
    expect(share).toBeGreaterThan(0.91);
    expect(share).toBeLessThan(0.99);
  });

  test("over twenty-four worlds where runs end well or badly, nothing between", async () => {
    const share = await coverage(24, 0.2, (uniform) => (uniform() < 0.5 ? 0.4 : 0));
    expect(share).toBeGreaterThan(0.91);
    expect(share).toBeLessThan(0.99);
  });
});
