import { describe, expect, it } from "vitest";
import { openDataset } from "../../src/tasks/taskRegistry.ts";
import { answersOf } from "../../src/studies/checkpointAnswers.ts";
import type { QuestionResult } from "../../src/trajectories/records.ts";

const dataset = await openDataset({ dataset: "world", worldSeed: 1 });
const [pool] = dataset.evaluation;
if (pool === undefined) throw new Error("the world has pools");
const [question, ...others] = pool.questions;
const other = others.find(({ cluster }) => cluster !== question?.cluster);
if (question === undefined || other === undefined) throw new Error("the pool has diseases");

const answer = (of: typeof question, correct: boolean | null, sample = 0): QuestionResult => ({
  questionId: of.id,
  cluster: of.cluster,
  sample,
  correct,
  total: 0,
  values: {},
});

describe("the answers of a run", () => {
  it("are counted by checkpoint, pool and cluster; what a judge failed on is neither right nor wrong", () => {
    const evaluations = [
      {
        branch: "main",
        step: 4,
        pool: pool.name,
        results: [answer(question, true), answer(other, false)],
        metrics: { "search/count": 2 },
      },
      {
        branch: "main",
        step: 0,
        pool: pool.name,
        results: [answer(question, null), answer(question, true, 1), answer(other, true)],
        metrics: {},
      },
      { branch: "main", step: 0, pool: "validation", results: [answer(other, false)], metrics: {} },
    ];
    const { pools, checkpoints } = answersOf(evaluations, dataset, (step) => (step === 0 ? "base" : `step ${step}`));
    expect(pools[0]).toEqual({
      pool: pool.name,
      clusters: [question, other].map(({ cluster, tags }) => ({ name: cluster, group: tags["specialty"] })),
    });
    expect(checkpoints.map(({ update, checkpoint }) => [update, checkpoint])).toEqual([
      [0, "base"],
      [4, "step 4"],
    ]);
    expect(checkpoints[0]?.pools).toEqual([
      { pool: pool.name, right: 2, total: 2, ungraded: 1, byCluster: { right: [1, 1], total: [1, 1] }, metrics: {} },
      { pool: "validation", right: 0, total: 1, ungraded: 0, byCluster: { right: [0], total: [1] }, metrics: {} },
    ]);
    expect(checkpoints[1]?.pools[0]).toMatchObject({
      right: 1,
      total: 2,
      byCluster: { right: [1, 0], total: [1, 1] },
      metrics: { "search/count": 2 },
    });
  });
});
