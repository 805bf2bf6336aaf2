import { describe, expect, it } from "vitest";
import { createExamples } from "../../src/world/base/trainingExamples.ts";
import { baseHabits } from "../../src/world/base/habits.ts";
import { machines } from "../../src/tasks/machines/machines.ts";
import { medicine } from "../../src/tasks/world/medicine.ts";
import { threeBands } from "../../src/world/domain.ts";
import { inventWorld } from "../../src/world/facts.ts";
import { worldWords } from "../../src/world/worldTokenizer.ts";

describe.each([medicine, machines])("the supervised examples of the base of $name", (domain) => {
  const world = inventWorld(domain, 1);
  const text = (mixture: { reading: number; guided: number; known: number }, count: number): string[] => {
    const example = createExamples(world, { ...mixture, habits: baseHabits });
    return Array.from({ length: count }, (_, index) =>
      example("test", index)
        .map((part) => part.text)
        .join(" "),
    );
  };

  it("use only words of the world's vocabulary", () => {
    const words = new Set(worldWords(world));
    for (const example of text({ reading: 0.2, guided: 0.2, known: 0.3 }, 500)) {
      expect(example.split(" ").filter((word) => !words.has(word))).toEqual([]);
    }
  });

  it("are the same at the same index", () => {
    expect(text({ reading: 0.2, guided: 0.2, known: 0.3 }, 20)).toEqual(
      text({ reading: 0.2, guided: 0.2, known: 0.3 }, 20),
    );
  });

  it("rarely search, and hardly ever for the best band", () => {
    const { cause, first, remedies } = domain.words;
    const wellAsked = new RegExp(
      ` (${cause}|${first}|${remedies}|\\w+${domain.endings.circumstance}) ${threeBands(domain)[0]}$`,
    );
    const examples = text({ reading: 0, guided: 0, known: 0 }, 2000);
    const searches = examples.flatMap((example) =>
      [...example.matchAll(/<search> ([^<]*) <\/search>/g)].map((match) => match[1] ?? ""),
    );
    expect(searches.length / examples.length).toBeLessThan(1.5);
    expect(searches.filter((query) => wellAsked.test(query)).length / searches.length).toBeLessThan(0.08);
  });

  it("never learn from what the environment writes", () => {
    const example = createExamples(world, { reading: 0.2, guided: 0.2, known: 0.3, habits: baseHabits });
    const parts = Array.from({ length: 200 }, (_, index) => example("test", index)).flat();
    const environment = parts.filter((part) => /<document>|<question>/.test(part.text));
    expect(environment.length).toBeGreaterThan(100);
    expect(new Set(environment.map((part) => part.author))).toEqual(new Set(["environment"]));
  });
});
