import { describe, expect, it } from "vitest";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import type { Learns } from "../../src/cost/pace.ts";
import { timeLeft, type TimeLeftSources } from "../../src/cost/timeLeft.ts";
import { noUsage } from "../../src/domain/usage.ts";
import type { RunHistory } from "../../src/trajectories/history.ts";

/** Three stages of 2 iterations on 4 answers each; gates of 3 answers at their ends, and checkpoints evaluated on pools of 5 and 10. */
const configuration = resolveConfiguration({
  run: "r",
  preset: "tiny",
  rollout: { questions: 2, samples: 2, maxResponseTokens: 50 },
  stages: { reasoner: { iterations: 2 }, retriever: { iterations: 2 }, collaboration: { iterations: 2 } },
  warmStart: { iterations: 10 },
});
const [stage] = configuration.stages;
const answers = new Map([
  ["a", 5],
  ["b", 10],
  ["validation", 3],
]);
const answersOfStage = 5 + 10 + 3;

interface Step {
  readonly learns: Learns;
  readonly seconds: number;
  readonly trainedTokens: number;
}

/** A run of which one stage of so many iterations has taken these steps; of a warm start where they learn from demonstrations. */
function historyOf(steps: readonly Step[], iterations = 2): RunHistory {
  const [first] = steps;
  const begun = first?.learns === "demonstrations" ? { name: "warm-start", gate: null } : {};
  const work = { kind: "train", stage: { ...stage, ...begun, learns: first?.learns, iterations } };
  return {
    currentBranch: "main",
    policy: (address: unknown) => address,
    stepsDone: () => steps.length,
    decisions: () => (first === undefined ? [] : [{ branch: "main", step: 0, asked: "", reason: "", work }]),
    plan: ({ step }: { readonly step: number }) => ({
      usage: { ...noUsage, trainedTokens: steps[step]?.trainedTokens ?? 0 },
    }),
    outcome: ({ step }: { readonly step: number }) =>
      steps[step] === undefined ? null : { stage: 1, usage: { ...noUsage, seconds: steps[step].seconds } },
  } as unknown as RunHistory;
}

function left(steps: readonly Step[], more: Partial<TimeLeftSources> = {}): ReturnType<typeof timeLeft> {
  return timeLeft({
    configuration,
    pools: ["a", "b"],
    answers,
    history: historyOf(steps),
    usage: { steps: noUsage, evaluations: [] },
    planned: async () => null,
    ...more,
  });
}

function evaluated(pool: string, step: number, seconds: number): TimeLeftSources["usage"]["evaluations"][number] {
  return { branch: "main", step, pool, usage: { ...noUsage, seconds, money: 0 } };
}

const rolledOut = (seconds: number): Step => ({ learns: "rollouts", seconds, trainedTokens: 1 });
const noPlan = async (): Promise<never> => Promise.reject(new Error("what is measured needs no plan"));

/** The base's answers on both pools. */
const ofBase = [evaluated("a", 0, 500), evaluated("b", 0, 500)];

describe("the time that a run has left", () => {
  it("is not known before anything is measured and where no rate is known", async () => {
    expect(await left([])).toEqual({ perIteration: null, beside: null });
  });

  it("is told by the plan before that, with responses as long as they may be", async () => {
    // The base, and three stages with a gate each.
    const planned = { promptTokens: 30, rates: { sampled: 10, trained: 20, from: "this test" } };
    // An answer of 50 tokens takes 5 seconds; an iteration has 4 of them and learns from 4 sequences of 80 tokens.
    const iteration = 4 * 5 + (4 * 80) / 20;
    const evaluations = 5 * (15 + 3 * answersOfStage);
    expect(await left([], { planned: async () => planned })).toEqual({
      perIteration: null,
      beside: 6 * iteration + evaluations,
    });
  });

  it("goes by the newest iterations, and the answers of the policy evaluated last, once there are some", async () => {
    // The probe's answers are cut short, and the base answers otherwise than what was trained.
    const evaluations = [evaluated("protocol-probe", 0, 1), ...ofBase, evaluated("a", 1, 10), evaluated("b", 1, 20)];
    const answer = 30 / 15;
    expect(await left([rolledOut(7)], { usage: { steps: noUsage, evaluations }, planned: noPlan })).toEqual({
      perIteration: 7,
      beside: 2 * 2 * 7 + 3 * answersOfStage * answer,
    });
  });

  it("does not take a warm start's pace for that of rollouts: these sample first, at the rate of evaluations", async () => {
    const demonstrated = (seconds: number): Step => ({ learns: "demonstrations", seconds, trainedTokens: 400 });
    const history = historyOf([demonstrated(3), demonstrated(5)], 4);
    const evaluations = [evaluated("a", 0, 15), evaluated("b", 0, 30)];
    const answer = 45 / 15;
    // 4 answers, and 4 sequences that learn as fast as the demonstrations, and are as long.
    const iteration = 4 * answer + 4;
    // The warm start has no gate, and goes on to its 10 iterations where nothing ends it before.
    const answersToCome = 15 + 3 * answersOfStage;
    expect(await left([], { history, usage: { steps: noUsage, evaluations }, planned: noPlan })).toEqual({
      perIteration: 4,
      beside: 6 * 4 + 6 * iteration + answersToCome * answer,
    });
  });

  it("counts the evaluations of a stage that has ended until they are made", async () => {
    const steps = [rolledOut(7), rolledOut(7)];
    const answer = 1000 / 15;
    const ended = 2 * 2 * 7 + 2 * answersOfStage * answer;
    const usage = (more: typeof ofBase) => ({ steps: noUsage, evaluations: [...ofBase, ...more] });
    expect((await left(steps, { usage: usage([]), planned: noPlan })).beside).toBeCloseTo(
      ended + answersOfStage * answer,
    );
    const validated = [evaluated("validation", 2, 3 * answer)];
    expect((await left(steps, { usage: usage(validated), planned: noPlan })).beside).toBeCloseTo(ended + 15 * answer);
  });
});
