import { describe, expect, it } from "vitest";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { timeLeft, type TimeLeftSources } from "../../src/cost/timeLeft.ts";
import { noUsage } from "../../src/domain/usage.ts";
import type { RunHistory } from "../../src/trajectories/history.ts";

const configuration = resolveConfiguration({ run: "r", preset: "tiny" });
const [first] = configuration.stages;

/** A run of which the first stage has taken steps of so many seconds. */
function historyOf(seconds: readonly number[]): RunHistory {
  const decision = { branch: "main", step: 0, asked: "", reason: "", work: { kind: "train", stage: first } };
  return {
    currentBranch: "main",
    stepsDone: () => seconds.length,
    decisions: () => (seconds.length === 0 ? [] : [decision]),
    outcome: ({ step }: { readonly step: number }) =>
      seconds[step] === undefined ? null : { stage: 1, usage: { ...noUsage, seconds: seconds[step] } },
  } as unknown as RunHistory;
}

function left(seconds: readonly number[], more: Partial<TimeLeftSources> = {}): ReturnType<typeof timeLeft> {
  return timeLeft({
    configuration,
    pools: ["a", "b"],
    history: historyOf(seconds),
    usage: { steps: noUsage, evaluations: [] },
    planned: async () => null,
    ...more,
  });
}

const evaluation = (pool: string, seconds: number) => ({ pool, usage: { ...noUsage, seconds, money: 0 } });

describe("the time that a run has left", () => {
  it("is not known before anything is measured and where no rate is known", async () => {
    expect(await left([])).toEqual({ perIteration: null, beside: null });
  });

  it("is told by the plan before that", async () => {
    const tokens = (sampledTokens: number, trainedTokens: number) => ({
      sampledTokens,
      trainedTokens,
      prefilledTokens: 0,
      requests: 0,
    });
    const plan = { training: tokens(600, 1200), evaluation: tokens(110, 0), iterations: 6 };
    const planned = { plan, rates: { sampled: 10, trained: 20, from: "this test" } };
    // Eleven evaluations: the base and three stages on two pools, three gates.
    expect(await left([], { planned: async () => planned })).toEqual({ perIteration: 20, beside: 11 });
  });

  it("goes by the newest iterations and evaluations once there are some; the probe, whose answers are cut short, is none", async () => {
    const evaluations = [evaluation("protocol-probe", 1), evaluation("a", 10), evaluation("b", 20)];
    // Of the stage under way and two others: two pools and a gate each.
    const planned = async (): Promise<never> => Promise.reject(new Error("what is measured needs no plan"));
    expect(await left([2], { usage: { steps: noUsage, evaluations }, planned })).toEqual({
      perIteration: 2,
      beside: 9 * 15,
    });
  });
});
