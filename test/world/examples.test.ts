import { describe, expect, it } from "vitest";
import { createExamples } from "../../src/world/base/examples.ts";
import { baseHabits } from "../../src/world/base/habits.ts";
import { inventMedicine } from "../../src/world/medicine.ts";
import { worldWords } from "../../src/world/tokenizer.ts";

const medicine = inventMedicine(1);
const text = (mixture: { reading: number; guided: number; known: number }, count: number): string[] => {
  const example = createExamples(medicine, { ...mixture, habits: baseHabits });
  return Array.from({ length: count }, (_, index) =>
    example("test", index)
      .map((part) => part.text)
      .join(" "),
  );
};

describe("the supervised examples of the base", () => {
  it("use only words of the world's vocabulary", () => {
    const words = new Set(worldWords(medicine));
    for (const example of text({ reading: 0.2, guided: 0.2, known: 0.3 }, 500)) {
      expect(example.split(" ").filter((word) => !words.has(word))).toEqual([]);
    }
  });

  it("are the same at the same index", () => {
    expect(text({ reading: 0.2, guided: 0.2, known: 0.3 }, 20)).toEqual(
      text({ reading: 0.2, guided: 0.2, known: 0.3 }, 20),
    );
  });

  it("rarely search, and hardly ever for high evidence", () => {
    const examples = text({ reading: 0, guided: 0, known: 0 }, 2000);
    const searches = examples.flatMap((example) =>
      [...example.matchAll(/<search> ([^<]*) <\/search>/g)].map((match) => match[1] ?? ""),
    );
    expect(searches.length / examples.length).toBeLessThan(1.5);
    expect(
      searches.filter((query) => / (mechanism|first|treatment|\w+ard) high$/.test(query)).length / searches.length,
    ).toBeLessThan(0.08);
  });

  it("never learn from what the environment writes", () => {
    const example = createExamples(medicine, { reading: 0.2, guided: 0.2, known: 0.3, habits: baseHabits });
    const parts = Array.from({ length: 200 }, (_, index) => example("test", index)).flat();
    const environment = parts.filter((part) => /<document>|<question>/.test(part.text));
    expect(environment.length).toBeGreaterThan(100);
    expect(new Set(environment.map((part) => part.author))).toEqual(new Set(["environment"]));
  });
});
