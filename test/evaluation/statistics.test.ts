import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomStream } from "../../src/domain/seed.ts";
import { watchEventLoop } from "../../src/eventLoop/watch.ts";
import { clusteredBootstrap, pairedBootstrap, shareInterval, wilsonInterval } from "../../src/evaluation/statistics.ts";

const options = { confidence: 0.95 };

describe("the clustered bootstrap", () => {
  test("holds the mean within its interval, and the same every time", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ cluster: fc.constantFrom("a", "b", "c", "d"), value: fc.integer({ min: 0, max: 1 }) }), {
          minLength: 1,
          maxLength: 40,
        }),
        async (values) => {
          const interval = await clusteredBootstrap(values, { ...options, resamples: 200 });
          expect(interval.low).toBeLessThanOrEqual(interval.mean + 1e-12);
          expect(interval.high).toBeGreaterThanOrEqual(interval.mean - 1e-12);
          expect(await clusteredBootstrap(values, { ...options, resamples: 200 })).toEqual(interval);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("covers the true mean about as often as it says", async () => {
    let covered = 0;
    for (let experiment = 0; experiment < 200; experiment++) {
      const draw = randomStream(["coverage", experiment]);
      const values = Array.from({ length: 60 }, (_, index) => ({
        cluster: String(index),
        value: draw.uniform() < 0.3 ? 1 : 0,
      }));
      const { low, high } = await clusteredBootstrap(values, { confidence: 0.9, resamples: 300 });
      if (low <= 0.3 && 0.3 <= high) covered++;
    }
    expect(covered / 200).toBeGreaterThan(0.83);
    expect(covered / 200).toBeLessThan(0.97);
  });

  test("is wider where the values of a cluster are alike than where every value stands for itself", async () => {
    const values = Array.from({ length: 80 }, (_, index) => ({
      cluster: String(Math.floor(index / 8)),
      value: Math.floor(index / 8) % 2,
    }));
    const alone = values.map(({ value }, index) => ({ cluster: String(index), value }));
    const width = ({ low, high }: { low: number; high: number }): number => high - low;
    expect(width(await clusteredBootstrap(values, options))).toBeGreaterThan(
      2 * width(await clusteredBootstrap(alone, options)),
    );
  });

  test("over one cluster knows nothing of how clusters differ", async () => {
    const one = [1, 1, 0, 1].map((value) => ({ cluster: "the only one", value }));
    expect(await shareInterval(one, 0.95)).toEqual({ mean: 0.75, low: 0, high: 1 });
    const before = one.map((value) => ({ ...value, value: 1 }));
    expect(await pairedBootstrap(before, one, options)).toEqual({ mean: -0.25, low: -1, high: 1 });
  });

  test("needs a value", async () => {
    await expect(clusteredBootstrap([], options)).rejects.toThrow(/at least one value/u);
    await expect(shareInterval([], 0.95)).rejects.toThrow(/at least one value/u);
  });
});

test("the bootstrap of a large pool takes turns with the event loop, and gives what it always gave", async () => {
  const turns: number[] = [];
  const stop = watchEventLoop((milliseconds) => turns.push(milliseconds));
  const values = Array.from({ length: 5000 }, (_, index) => ({ cluster: `q${index}`, value: index % 2 }));
  expect(await clusteredBootstrap(values, options)).toEqual({ mean: 0.5, low: 0.486, high: 0.5146 });
  stop();
  expect(turns).toEqual([]);
});

describe("the interval of a share", () => {
  const answers = (clusters: number, right: (index: number) => boolean) =>
    Array.from({ length: 2 * clusters }, (_, index) => ({
      cluster: String(index % clusters),
      value: right(index) ? 1 : 0,
    }));

  test("is the bootstrap's while answers differ", async () => {
    const values = answers(20, (index) => index % 3 === 0);
    expect(await shareInterval(values, 0.95)).toEqual(await clusteredBootstrap(values, { confidence: 0.95 }));
  });

  test("does not claim certainty where all answers are alike: as of one answer a cluster", async () => {
    // 1 − 0.025^(1/4), the exact interval of no success in four.
    expect(
      await shareInterval(
        answers(4, () => false),
        0.95,
      ),
    ).toEqual({ mean: 0, low: 0, high: expect.closeTo(0.6024, 4) });
    expect(
      await shareInterval(
        answers(4, () => true),
        0.95,
      ),
    ).toEqual({ mean: 1, low: expect.closeTo(0.3976, 4), high: 1 });
    expect(
      (
        await shareInterval(
          answers(100, () => true),
          0.95,
        )
      ).low,
    ).toBeGreaterThan(0.96);
  });
});

describe("the paired bootstrap", () => {
  test("of equal measurements is exactly zero", async () => {
    const values = [0, 1, 1, 0].map((value, index) => ({ cluster: String(index), value }));
    expect(await pairedBootstrap(values, values, options)).toEqual({ mean: 0, low: 0, high: 0 });
  });

  test("is narrower than the difference of two independent ones", async () => {
    const before = Array.from({ length: 100 }, (_, index) => ({ cluster: String(index), value: index % 2 }));
    const after = before.map(({ cluster, value }, index) => ({ cluster, value: index % 10 === 0 ? 1 : value }));
    const { low, high } = await pairedBootstrap(before, after, options);
    const alone = await clusteredBootstrap(after, options);
    expect(high - low).toBeLessThan(alone.high - alone.low);
  });
});

describe("Wilson's interval", () => {
  const answers = (right: number, asked: number) =>
    Array.from({ length: asked }, (_, index) => ({ cluster: `${index}`, value: index < right ? 1 : 0 }));

  test("equals the published example: 8 of 10 gives 0.490 to 0.943", () => {
    const { low, high } = wilsonInterval(answers(8, 10));
    expect(low).toBeCloseTo(0.4902, 3);
    expect(high).toBeCloseTo(0.9433, 3);
  });

  test("moves with the mean without a jump at 0 and 1, so that a better measure never has a lower end", () => {
    const ends = [17, 18, 19, 20].map((right) => wilsonInterval(answers(right, 20)).low);
    expect(ends).toEqual(ends.toSorted((a, b) => a - b));
    expect(wilsonInterval(answers(20, 20)).high).toBe(1);
  });
});
