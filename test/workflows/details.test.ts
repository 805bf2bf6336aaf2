import { describe, expect, it } from "vitest";
import { createCurriculumState } from "../../workflows/curriculumState.ts";
import { curriculumDetails, sparkline } from "../../workflows/details.ts";

describe("a run's details in the Temporal UI", () => {
  it("show rewards as bars from the lowest to the highest", () => {
    expect(sparkline([0, 0.5, 1])).toBe("▁▅█");
    expect(sparkline([0.3, 0.3])).toBe("▁▁");
  });

  it("say where the run is, how long it takes, what the gates found, and what a person can do", () => {
    const state = createCurriculumState(false);
    state.progress = {
      ...state.progress,
      phase: "training",
      stage: "retriever",
      iteration: 3,
      iterations: 10,
      iterationsDone: 13,
      iterationsTotal: 30,
      reward: 0.5,
      accuracy: null,
      secondsLeft: 600,
      message: "",
    };
    state.recentRewards = [
      { step: 12, reward: 0.1 },
      { step: 13, reward: 0.5 },
    ];
    state.run = "mine";
    state.checkpoints = [{ branch: "main", step: 0, label: "base" }];
    state.gates = [
      {
        stage: 1,
        name: "reasoner",
        start: { branch: "main", step: 0 },
        end: { branch: "main", step: 10 },
        questions: 60,
        decision: "approve",
        gain: 0.02,
        low: -0.01,
        high: 0.05,
        message: "",
        person: { name: "Ada", reason: "small | sample" },
      },
    ];
    const details = curriculumDetails(state);
    expect(details).toContain("**training**");
    expect(details).toContain("| retriever | 3 of 10 | 13 of 30 | 0.500 | – | 10 min 0 s |");
    expect(details).toContain("▁█");
    expect(details).toContain("| reasoner | approve | 2.0 (-1.0 to 5.0) | Ada: small &#124; sample |");
    // Under the headline, not below the fold.
    expect(details.split("\n\n")[1]).toMatch(
      /^You can: signal `pause`, update `changeSettings`, update `rollBack` \(.*Send an Update/u,
    );
  });

  it("put a held run's cause first, as text whatever it holds", () => {
    const state = createCurriculumState(false);
    state.held = "<img src=x> | broke\nin two lines";
    expect(curriculumDetails(state)).toMatch(/^\*\*held\*\*\n\n> &#60;img src=x&#62; &#124; broke in two lines\n/u);
  });
});
