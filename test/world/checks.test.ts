import { describe, expect, it } from "vitest";
import { medicine } from "../../src/tasks/world/medicine.ts";
import { baseHabits } from "../../src/world/base/habits.ts";
import type { Script } from "../../src/world/base/script.ts";
import { createExamples } from "../../src/world/base/trainingExamples.ts";
import { inventWorld } from "../../src/world/facts.ts";
import { createProbes } from "../../src/world/probeTexts.ts";

const world = inventWorld(medicine, 3);
const { avoid, safe, joins } = medicine.words;
const check = new RegExp(`(\\w+) (${avoid}|${safe}) (\\w+)`, "gu");

function examples(guided: number): Script[] {
  const example = createExamples(world, { reading: 0, guided, known: 0, habits: baseHabits });
  return Array.from({ length: 300 }, (_, index) => example("checks", index));
}

function circumstanceOf(script: Script): string {
  return new RegExp(`${joins} (\\w+)`, "u").exec(script[0]?.text ?? "")?.[1] ?? "";
}

function checksBy(author: Script[number]["author"], script: Script): string[] {
  return script.flatMap((part) =>
    part.author === author ? Array.from(part.text.matchAll(check), ([, , , circumstance = ""]) => circumstance) : [],
  );
}

describe("what a base is taught of checks", () => {
  it.each([
    ["cases that are read", 1],
    ["consultations", 0],
  ])(
    "%s show the same remedy in other circumstances, as a search does, and state the question's alone",
    (_, guided) => {
      const scripts = examples(guided);
      const beside = scripts.filter((script) =>
        checksBy("environment", script).some((circumstance) => circumstance !== circumstanceOf(script)),
      );
      expect(beside.length).toBeGreaterThan(scripts.length / 50);
      for (const script of scripts)
        for (const circumstance of checksBy("model", script)) expect(circumstance).toBe(circumstanceOf(script));
    },
  );

  it("is probed with what a search finds beside a check: the opposite, of another circumstance, before it and behind it", () => {
    const probes = createProbes(world).filter(({ name }) => name === `probe/reading/${avoid}`);
    const shown = probes.map(({ prefix }) => {
      const last = prefix.slice(prefix.lastIndexOf("<document>"));
      return Array.from(last.matchAll(check), ([, , relation]) => relation).join(" ");
    });
    expect(new Set(shown)).toEqual(new Set([`${avoid} ${safe}`, `${safe} ${avoid}`]));
  });
});
