import { describe, expect, it } from "vitest";
import { defaultRewardSettings } from "../../src/configuration/rewardSettings.ts";
import { stageWeights } from "../../src/configuration/stageWeights.ts";
import { rewardComponents } from "../../src/rewards/components.ts";
import { scoreTrajectory } from "../../src/rewards/score.ts";
import { referenceOf, retrieved, subjectOf } from "./subjects.ts";

const weights = stageWeights.collaboration;
const right = scoreTrajectory(
  subjectOf({
    references: [referenceOf("flu first rest", 0.5)],
    passages: [retrieved("flu first rest", 4, { relevance: 1 })],
    states: "flu first rest",
    logLikelihoodGain: 0,
  }),
  weights,
);
const broken = scoreTrajectory(subjectOf({ text: "rest" }), weights);
const malformed = scoreTrajectory(
  subjectOf({ text: "<think> <search> </search> </think> <answer> rest </answer>" }),
  weights,
);
const components = rewardComponents([right, broken, malformed], { weights, settings: defaultRewardSettings, own: [] });
const named = (name: string): readonly (number | null)[] =>
  components.find((component) => component.name === name)?.values ?? [];

describe("the parts of a total", () => {
  it("are the format gate, every weighted reward and the penalties together", () => {
    expect(components.map(({ name, weight }) => [name, weight])).toEqual([
      ["format", 1],
      ["answer", 1],
      ["reasoning", 0.8],
      ["retrieval", 1],
      ["clinical", 0.2],
      ["penalties", 1],
    ]);
    expect(named("format")).toEqual([1, 0, 0]);
  });

  it("add up to the total of a response that passes the gate", () => {
    const sum = components.reduce(
      (total, { name, weight, values }) => total + (name === "format" ? 0 : weight * (values[0] ?? 0)),
      0,
    );
    expect(sum).toBeCloseTo(right.total, 12);
  });

  it("are the lowest where the gate is not passed; a malformed search takes the largest penalties", () => {
    expect(named("answer").slice(1)).toEqual([0.1, 0.1]);
    expect(named("retrieval").slice(1)).toEqual([0, 0]);
    expect(named("penalties")[1]).toBeLessThan(0);
    expect(named("penalties")[2]).toBeCloseTo(-1.3, 12);
    const standIns = components.flatMap(({ name, standsIn }) => (standsIn === undefined ? [] : [[name, standsIn]]));
    expect(standIns).toEqual(
      ["answer", "reasoning", "retrieval", "clinical"].map((name) => [name, [false, true, true]]),
    );
  });

  it("leave out what has no weight", () => {
    expect(
      rewardComponents([right], { weights: stageWeights.reasoner, settings: defaultRewardSettings, own: [] }).map(
        ({ name }) => name,
      ),
    ).toEqual(["format", "answer", "reasoning", "penalties"]);
  });
});
