import { describe, expect, it } from "vitest";
import { commonRewards } from "../../src/tasks/commonRewards.ts";
import { medicalRewards } from "../../src/tasks/medical/medicalRewards.ts";
import { scoreTrajectory } from "../../src/rewards/score.ts";
import { referenceOf, subjectOf } from "./subjects.ts";

const states = "fever suggests flu ; flu first rest";
const subject = subjectOf({ states, references: [referenceOf(states, 1)] });
const weights = { answer: 1, reasoning: 0.8, retrieval: 0, clinical: 0 };

describe("rewards that a task does not offer", () => {
  it("are neither computed nor written down", () => {
    const all = scoreTrajectory(subject, weights);
    const common = scoreTrajectory({ ...subject, rewards: new Set(commonRewards) }, weights);
    const missing = Object.keys(all.values).filter((name) => !(name in common.values));
    expect(missing.toSorted()).toEqual([
      "clinical",
      "clinicalConsistency",
      "diagnosticPlausibility",
      "evidentialSupport",
    ]);
    expect(common.total).toBe(all.total);
    expect(all.values).toMatchObject(common.values);
  });

  it("do not come back where an extractor failed on them", () => {
    const unread = { ...subject, triples: null, graph: null, unread: ["thinking" as const] };
    const { values, failed } = scoreTrajectory({ ...unread, rewards: new Set(commonRewards) }, weights);
    expect(failed).toEqual(["reasoning"]);
    expect(Object.keys(values).filter((name) => name.startsWith("clinical"))).toEqual([]);
  });

  it("none is missing for a medical task", () => {
    expect(scoreTrajectory({ ...subject, rewards: new Set(medicalRewards) }, weights)).toEqual(
      scoreTrajectory(subject, weights),
    );
  });
});
