import { describe, expect, it } from "vitest";
import { renderTrajectoryPage } from "../../src/report/trajectoryPage.ts";
import { chooseByReward, toExample } from "../../src/report/trajectoryRows.ts";
import type { ScoredTrajectory } from "../../src/report/trajectoryRows.ts";
import { explainScore } from "../../src/rewards/explain.ts";
import { questionOf, referenceOf, retrieved, subjectOf, triples } from "../rewards/subjects.ts";
import { searching } from "../environments/runEnvironments.ts";

const scored = (sample: number, total: number, semantic: number | null): ScoredTrajectory => ({
  stageName: "reasoner",
  trajectory: {
    branch: "main",
    stage: 1,
    iteration: 0,
    questionId: "q",
    sample,
    promptTokens: [],
    text: "<think> so </think> <answer> rest </answer>",
    calls: [],
    stopReason: "end",
    segments: [
      { origin: "policy", tokens: [1, 2], logProbabilities: [-1, -1] },
      { origin: "environment", tokens: [3], logProbabilities: [] },
    ],
  },
  score: { total, correct: false, values: { format: 1, semantic } },
});
const rows = [scored(0, 0.5, 0.2), scored(1, -0.1, null), scored(2, 1.8, 0.9)];

describe("choosing trajectories by a reward", () => {
  const samples = (chosen: readonly ScoredTrajectory[]) => chosen.map(({ trajectory }) => trajectory.sample);

  it("takes the lowest or the highest, at most as many as asked", () => {
    expect(samples(chooseByReward(rows, "total", "worst", 2))).toEqual([1, 0]);
    expect(samples(chooseByReward(rows, "total", "best", 2))).toEqual([2, 0]);
  });

  it("leaves out what has no value", () => {
    expect(samples(chooseByReward(rows, "semantic", "worst", 9))).toEqual([0, 2]);
    expect(chooseByReward(rows, "unknown", "worst", 9)).toEqual([]);
  });
});

describe("what earned a trajectory's rewards", () => {
  it("is told by matched triples, gold documents and gold facts", () => {
    const subject = subjectOf({
      question: { goldTitles: ["one", "two"], goldFacts: triples("flu first rest") },
      states: "flu first rest; x r y",
      references: [referenceOf("a r b"), referenceOf("flu first rest; rest safe asthma")],
      passages: [retrieved("flu first rest", 9, { title: "two" })],
    });
    expect(explainScore(subject)).toEqual({
      graph: { matched: ["flu first rest"], missing: ["rest safe asthma"], extra: ["x r y"] },
      titles: { found: ["two"], missed: ["one"] },
      facts: [{ fact: "flu first rest", support: 1 }],
    });
  });

  it("is nothing where the data offer nothing to compare with", () => {
    expect(explainScore(subjectOf())).toEqual({ graph: null, titles: null, facts: null });
  });
});

describe("the page of trajectories", () => {
  const example = toExample(rows[0] as ScoredTrajectory, {
    training: [questionOf({ id: "q", text: "<b>fever</b>?" })],
  });
  const row = {
    example,
    explanation: explainScore(subjectOf()),
    segments: [
      { origin: "policy" as const, tokens: ["a", "<i>"] },
      { origin: "environment" as const, tokens: ["c"] },
    ],
  };

  it("shows question, rewards and each token's mask, everything escaped, nothing from outside", () => {
    const page = renderTrajectoryPage("Run r", [row], searching);
    expect(page).toContain("&lt;b&gt;fever&lt;/b&gt;?");
    expect(page).toContain("Tokens: 2 learnt from, 1 masked");
    expect(page).not.toMatch(/<(?:b|i)>(?!Question|Thinking|Answer)|<script|https?:\/\//u);
  });

  it("stays of a readable size with a thousand trajectories", () => {
    expect(
      renderTrajectoryPage(
        "Run r",
        Array.from({ length: 1000 }, () => row),
        searching,
      ).length,
    ).toBeLessThan(5e6);
  });
});
