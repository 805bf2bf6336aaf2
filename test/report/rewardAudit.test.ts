import { expect, test } from "vitest";
import { showing } from "../../src/report/auditExamples.ts";
import { auditRewards } from "../../src/report/rewardAudit.ts";
import type { IterationMetrics } from "../../src/report/runReport.ts";
import type { ScoredTrajectory } from "../../src/report/trajectoryRows.ts";

const stage = (
  number: number,
  length: number,
  metrics: (share: number) => Record<string, number>,
): IterationMetrics[] =>
  Array.from({ length }, (_, iteration) => ({
    stage: number,
    stageName: `stage-${number}`,
    iteration,
    metrics: metrics(iteration / (length - 1)),
  }));

test("the audit finds what rose while accuracy stood still or fell, and what fell while it rose; what moves with it is fine", () => {
  const iterations = [
    ...stage(1, 20, (share) => ({
      accuracy: 0.5,
      "reward/semantic": 0.2 + 0.5 * share,
      "reward/answer": 0.5,
      other: share,
    })),
    ...stage(2, 20, (share) => ({
      accuracy: 0.4 + 0.4 * share,
      "reward/answer": 0.4 + 0.4 * share,
      "reward/evidenceRecall": 0.9 - 0.5 * share,
      "reward/total": 1 + share,
    })),
  ];
  const { findings, tooShort } = auditRewards(iterations);
  expect(tooShort).toEqual([]);
  expect(findings.map(({ stageName, reward, moved }) => [stageName, reward, Math.sign(moved)])).toEqual([
    ["stage-1", "semantic", 1],
    ["stage-2", "evidenceRecall", -1],
  ]);
  expect(findings[0]).toMatchObject({ moved: expect.closeTo((0.5 * 16) / 19, 9), accuracyMoved: 0 });
});

test("a stage of few iterations is said to be too short, and finds nothing", () => {
  const iterations = stage(1, 9, (share) => ({ accuracy: 0, "reward/semantic": share }));
  expect(auditRewards(iterations)).toEqual({ findings: [], tooShort: ["stage-1"] });
  expect(auditRewards([])).toEqual({ findings: [], tooShort: [] });
});

test("a stage that learns demonstrations has no rewards, and is not said to be too short", () => {
  expect(auditRewards(stage(1, 3, () => ({ "optim/loss": 1 })))).toEqual({ findings: [], tooShort: [] });
});

test("it shows the answers that are not right with the most of what rose, and right ones with the least of what fell", () => {
  const row = (sample: number, semantic: number | null, correct: boolean | null): ScoredTrajectory => ({
    stageName: "stage-1",
    trajectory: {
      branch: "main",
      stage: 1,
      iteration: 0,
      questionId: "q",
      sample,
      promptTokens: [],
      text: "",
      calls: [],
      stopReason: "end",
      segments: [],
    },
    score: { total: 0, correct, values: { semantic } },
  });
  const rows = [
    row(0, 0.2, false),
    row(1, 0.9, false),
    row(2, 0.8, true),
    row(3, 0.1, true),
    row(4, null, false),
    row(5, 1, null),
  ];
  const samples = (moved: number): number[] =>
    showing({ stage: 1, stageName: "stage-1", reward: "semantic", moved, accuracyMoved: 0 }, rows).map(
      ({ trajectory }) => trajectory.sample,
    );
  expect(samples(0.3)).toEqual([1, 0]);
  expect(samples(-0.3)).toEqual([3, 2]);
});
