import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { noSpent } from "../../src/domain/usage.ts";
import type { RunOverview } from "../../activities/runs.ts";
import { beginTask, noteEngineWait, noteProgress, shownProgress } from "../../workflows/curriculumProgress.ts";
import { createCurriculumState, type CurriculumState } from "../../workflows/curriculumState.ts";
import { StageProgress } from "../../src/domain/progress.ts";
import { leaveOut } from "../../workflows/waiting.ts";

vi.mock("@temporalio/workflow", async (original) => ({
  ...(await original<object>()),
  upsertSearchAttributes: () => undefined,
  setCurrentDetails: () => undefined,
}));
beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

function told(step: number, rewards: StageProgress["rewards"], more: Partial<StageProgress> = {}): StageProgress {
  return StageProgress.parse({
    phase: "training",
    step,
    stage: 1,
    name: "reasoner",
    iteration: step,
    iterations: 100,
    reward: 0.5,
    accuracy: 0.5,
    rewards,
    snapshot: null,
    ...more,
  });
}

function running(iterationsDone = 0): CurriculumState {
  const state = createCurriculumState(false);
  const overview: RunOverview = {
    task: {
      kind: "stage",
      position: {
        branch: "main",
        step: iterationsDone,
        stage: 1,
        name: "reasoner",
        iteration: iterationsDone,
        iterations: 100,
        gated: true,
      },
    },
    iterationsDone,
    iterationsTotal: 100,
    checkpoints: [{ branch: "main", step: 0, label: "base" }],
    gates: [],
    spent: noSpent,
    overBudget: null,
  };
  beginTask(state, overview);
  return state;
}

describe("the rewards shown", () => {
  it("hold each iteration once, however often it is told", () => {
    const state = running();
    noteProgress(
      state,
      told(2, [
        { step: 1, reward: 0.1 },
        { step: 2, reward: 0.2 },
      ]),
    );
    noteProgress(state, told(2, [], { phase: "gate" }));
    noteProgress(state, told(2, [{ step: 2, reward: 0.2 }]));
    expect(state.recentRewards).toEqual([
      { step: 1, reward: 0.1 },
      { step: 2, reward: 0.2 },
    ]);
    expect(shownProgress(state).iterationsDone).toBe(2);
  });

  it("follow the current branch when a guard or a person goes back", () => {
    const state = running();
    noteProgress(
      state,
      told(3, [
        { step: 1, reward: 0.1 },
        { step: 2, reward: 0.9 },
        { step: 3, reward: 0.9 },
      ]),
    );
    noteProgress(state, told(2, [{ step: 2, reward: 0.3 }]));
    expect(state.recentRewards).toEqual([
      { step: 1, reward: 0.1 },
      { step: 2, reward: 0.3 },
    ]);
    expect(shownProgress(state).iterationsDone).toBe(2);
    beginTask(state, {
      task: { kind: "report" },
      iterationsDone: 1,
      iterationsTotal: 100,
      checkpoints: [],
      gates: [],
      spent: noSpent,
      overBudget: null,
    });
    expect(state.recentRewards).toEqual([{ step: 1, reward: 0.1 }]);
  });
});

it("the list of checkpoints holds each once", () => {
  const state = running();
  for (const step of [0, 4, 4]) noteProgress(state, told(4, [], { snapshot: { branch: "main", step } }));
  expect(state.checkpoints.map(({ step }) => step)).toEqual([0, 4]);
});

it("the time left leaves out what a person or an engine was waited for", () => {
  const state = running();
  noteProgress(state, told(10, []));
  vi.setSystemTime(10_000);
  leaveOut(state, 4_000);
  vi.setSystemTime(20_000);
  noteEngineWait(state, "all are busy");
  expect(shownProgress(state).message).toBe("waits for an engine: all are busy");
  vi.setSystemTime(26_000);
  noteEngineWait(state, null);
  noteProgress(state, told(26, []));
  // 16 iterations in 16 s of work; 74 are left.
  expect(shownProgress(state).secondsLeft).toBe(74);
});
