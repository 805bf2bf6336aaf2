import { describe, expect, test } from "vitest";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";

const machines = { dataset: "machines", worldSeed: 1 };

describe("the rewards of a run's stages", () => {
  test("are a preset's but for those that the task does not offer", () => {
    const weighed = (data: object) =>
      resolveConfiguration({ preset: "tiny", data }).stages.map(({ rewards }) => Object.keys(rewards));
    expect(weighed({ dataset: "world", worldSeed: 1 }).at(-1)).toContain("clinical");
    expect(weighed(machines).flat()).not.toContain("clinical");
    expect(weighed(machines).at(-1)).toContain("retrieval");
  });

  test("are refused by stage and name where a person asks for one that the task does not offer", () => {
    const stages = [{ name: "only", iterations: 1, rewards: { answer: 1, clinical: 0.5 } }];
    expect(() => resolveConfiguration({ preset: "tiny", data: machines, stages })).toThrow(
      /stages\.only\.rewards\.clinical: task machines does not offer this reward; it has answer, logical/u,
    );
  });

  test("may name it with weight 0", () => {
    const stages = [{ name: "only", iterations: 1, rewards: { answer: 1, clinical: 0 } }];
    expect(resolveConfiguration({ preset: "tiny", data: machines, stages }).stages).toHaveLength(1);
  });
});
