import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { machines } from "../../src/tasks/machines/machines.ts";
import { medicine } from "../../src/tasks/world/medicine.ts";
import { inventWorld } from "../../src/world/facts.ts";
import { worldWords } from "../../src/world/worldTokenizer.ts";
import { protocolWords } from "../../src/world/vocabulary.ts";

const worldSeed = fc.integer({ min: 0, max: 1_000_000 });

describe.each([medicine, machines])("what is true in a world of $name", (domain) => {
  it("is the same for the same seed and another for another", () => {
    expect(inventWorld(domain, 7)).toEqual(inventWorld(domain, 7));
    expect(inventWorld(domain, 7)).not.toEqual(inventWorld(domain, 8));
  });

  it("has names of lower-case letters, all different, none a protocol word", () => {
    fc.assert(
      fc.property(worldSeed, (seed) => {
        const words = worldWords(inventWorld(domain, seed));
        expect(new Set(words).size).toBe(words.length);
        for (const name of words.slice(protocolWords(domain).length)) expect(name).toMatch(/^[a-z]{5,12}$/);
      }),
      { numRuns: 20 },
    );
  });

  it("lets any two signs tell a fault from the others of its field", () => {
    fc.assert(
      fc.property(worldSeed, (seed) => {
        for (const { faults } of inventWorld(domain, seed).fields) {
          const pairs = faults.flatMap(({ signs: [a = "", b = "", c = ""] }) =>
            [
              [a, b],
              [a, c],
              [b, c],
            ].map((pair) => pair.toSorted().join(" ")),
          );
          expect(new Set(pairs).size).toBe(pairs.length);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("always leaves a remedy: no circumstance rules both choices out", () => {
    fc.assert(
      fc.property(worldSeed, (seed) => {
        for (const { causes, remedies } of inventWorld(domain, seed).fields) {
          for (const { firstChoice, secondChoice } of causes) {
            const ruledOutBy = (name: string): readonly string[] =>
              remedies.find((remedy) => remedy.name === name)?.exclusions ?? [];
            expect(
              ruledOutBy(firstChoice).filter((circumstance) => ruledOutBy(secondChoice).includes(circumstance)),
            ).toEqual([]);
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});
