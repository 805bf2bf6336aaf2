import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleToken } from "../../src/policy/sampleToken.ts";
import { PositionalUniforms } from "../../src/policy/uniform.ts";

const weights = fc
  .array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 40 })
  .filter((numbers) => numbers.some((number) => number > 0));
const uniform = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const everything = { temperature: 1, topP: 1, topK: 0 };

function normalised(numbers: readonly number[]): Float32Array {
  const total = numbers.reduce((sum, number) => sum + number, 0);
  return Float32Array.from(numbers, (number) => number / total);
}

describe("a drawn token", () => {
  test("is never one of probability 0", () => {
    fc.assert(
      fc.property(weights, uniform, (numbers, u) => {
        const probabilities = normalised(numbers);
        expect(probabilities[sampleToken(probabilities, everything, u)]).toBeGreaterThan(0);
      }),
    );
  });

  test("is with top-k one of the k most probable", () => {
    fc.assert(
      fc.property(weights, uniform, fc.integer({ min: 1, max: 10 }), (numbers, u, topK) => {
        const probabilities = normalised(numbers);
        const drawn = probabilities[sampleToken(probabilities, { ...everything, topK }, u)] ?? NaN;
        expect(probabilities.filter((probability) => probability > drawn).length).toBeLessThan(topK);
      }),
    );
  });

  test("is with top-p one of the fewest that reach p together", () => {
    fc.assert(
      fc.property(weights, uniform, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (numbers, u, topP) => {
        const probabilities = normalised(numbers);
        const drawn = probabilities[sampleToken(probabilities, { ...everything, topP }, u)] ?? NaN;
        const before = probabilities
          .filter((probability) => probability > drawn)
          .reduce((sum, probability) => sum + probability, 0);
        expect(before).toBeLessThan(topP + 1e-6);
      }),
    );
  });

  test("comes as often as its probability says", () => {
    const probabilities = Float32Array.of(0.5, 0.25, 0.125, 0.125);
    const uniforms = new PositionalUniforms("frequencies");
    const counts = [0, 0, 0, 0];
    for (let position = 0; position < 20_000; position++) {
      const token = sampleToken(probabilities, everything, uniforms.at(position));
      counts[token] = (counts[token] ?? 0) + 1;
    }
    for (const [token, count] of counts.entries()) expect(count / 20_000).toBeCloseTo(probabilities[token] ?? NaN, 1);
  });
});
