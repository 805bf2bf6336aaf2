import { describe, expect, it } from "vitest";
import type { RunConfiguration } from "../../src/configuration/configuration.ts";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { warmStartWork, type WarmStartEvidence } from "../../src/curriculum/warmStart.ts";
import type { TrainedStage } from "../../src/schedules/schedule.ts";

function configuration(warmStart: Record<string, unknown> = {}, more: Record<string, unknown> = {}): RunConfiguration {
  return resolveConfiguration({
    preset: "tiny",
    policy: { model: "/models/real" },
    warmStart: { iterations: 10, every: 4, minimumGain: 0.01, ...warmStart },
    ...more,
  });
}

/** A probe of which so many of four answers were in the protocol. */
function probe(passed: number): WarmStartEvidence["probe"] {
  const results = [0, 1, 2, 3].map((index) => ({
    questionId: `q${index}`,
    cluster: "c",
    sample: 0,
    correct: null,
    total: 0,
    values: { format: index < passed ? 1 : 0 },
  }));
  return { results };
}

function trained(iterations: number, changes: Partial<TrainedStage> = {}): TrainedStage {
  return {
    name: "warm-start",
    iterations,
    gate: null,
    extensionIterations: 0,
    learntTokens: 0,
    accuracies: null,
    ...changes,
  };
}

const before = (passed: number): WarmStartEvidence => ({ probe: probe(passed), trained: [], losses: [] });
const after = (iterations: number, losses: readonly number[], changes?: Partial<TrainedStage>): WarmStartEvidence => ({
  probe: probe(0),
  trained: [trained(iterations, changes)],
  losses,
});

describe("a warm start", () => {
  it("begins where the protocol probe failed, and says what it found", () => {
    const next = warmStartWork(configuration(), before(1));
    expect(next?.work).toMatchObject({
      kind: "train",
      stage: { name: "warm-start", learns: "demonstrations", iterations: 4, gate: null },
    });
    expect(next?.reason).toContain("25.0 %");
  });

  it("is left out where the probe passed, where it was not asked, and where it is off", () => {
    expect(warmStartWork(configuration(), before(2))).toBeNull();
    expect(warmStartWork(configuration(), { ...before(0), probe: null })).toBeNull();
    expect(warmStartWork(configuration({ when: "off" }), before(0))).toBeNull();
  });

  it("begins whatever the probe found where it is on", () => {
    expect(warmStartWork(configuration({ when: "on" }), before(4))?.work.kind).toBe("train");
    const builtIn = configuration({ when: "on" }, { policy: { model: "built-in" } });
    expect(warmStartWork(builtIn, { probe: null, trained: [], losses: [] })?.work.kind).toBe("train");
  });

  it("is left out of the SFT baseline, which learns from the same demonstrations", () => {
    expect(warmStartWork(configuration({ when: "on" }, { schedule: "sft" }), before(0))).toBeNull();
  });

  it("goes on for as long as the held-out loss falls, up to its iterations", () => {
    expect(warmStartWork(configuration(), after(4, [2]))?.work).toEqual({ kind: "extend", iterations: 4 });
    expect(warmStartWork(configuration(), after(8, [2, 1.5]))?.work).toEqual({ kind: "extend", iterations: 2 });
    expect(warmStartWork(configuration(), after(10, [2, 1.5, 1]))?.work.kind).toBe("evaluate");
  });

  it("ends where the held-out loss falls too little, rises, or is no number any more", () => {
    for (const last of [1.99, 2.5, NaN])
      expect(warmStartWork(configuration(), after(8, [2, last]))?.work.kind).toBe("evaluate");
  });

  it("takes all its iterations where nothing is held out", () => {
    expect(warmStartWork(configuration(), after(8, []))?.work.kind).toBe("extend");
    expect(warmStartWork(configuration(), after(10, []))?.work.kind).toBe("evaluate");
  });

  it("is evaluated once, then the schedule is asked", () => {
    expect(warmStartWork(configuration(), after(10, [2, 1], { accuracies: { pool: 0.5 } }))).toBeNull();
  });
});
