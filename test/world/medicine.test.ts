import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inventMedicine } from "../../src/world/medicine.ts";
import { worldWords } from "../../src/world/tokenizer.ts";
import { protocolWords } from "../../src/world/vocabulary.ts";

const worldSeed = fc.integer({ min: 0, max: 1_000_000 });

describe("an invented medicine", () => {
  it("is the same for the same seed and another for another", () => {
    expect(inventMedicine(7)).toEqual(inventMedicine(7));
    expect(inventMedicine(7)).not.toEqual(inventMedicine(8));
  });

  it("has names of lower-case letters, all different, none a protocol word", () => {
    fc.assert(
      fc.property(worldSeed, (seed) => {
        const words = worldWords(inventMedicine(seed));
        expect(new Set(words).size).toBe(words.length);
        for (const name of words.slice(protocolWords.length)) expect(name).toMatch(/^[a-z]{5,12}$/);
      }),
      { numRuns: 40 },
    );
  });

  it("lets any two findings tell a disease from the others of its specialty", () => {
    fc.assert(
      fc.property(worldSeed, (seed) => {
        for (const { diseases } of inventMedicine(seed).specialties) {
          const pairs = diseases.flatMap(({ findings: [a = "", b = "", c = ""] }) =>
            [
              [a, b],
              [a, c],
              [b, c],
            ].map((pair) => pair.toSorted().join(" ")),
          );
          expect(new Set(pairs).size).toBe(pairs.length);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("always leaves a treatment: no comorbidity rules both lines out", () => {
    fc.assert(
      fc.property(worldSeed, (seed) => {
        for (const { mechanisms, drugs } of inventMedicine(seed).specialties) {
          for (const { firstLine, secondLine } of mechanisms) {
            const ruledOutBy = (name: string): readonly string[] =>
              drugs.find((drug) => drug.name === name)?.contraindications ?? [];
            expect(ruledOutBy(firstLine).filter((comorbidity) => ruledOutBy(secondLine).includes(comorbidity))).toEqual(
              [],
            );
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});
