import { describe, expect, it } from "vitest";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { parseAssignment } from "../../src/cli/overrides.ts";
import { mergeOverrides } from "../../src/configuration/mergeSettings.ts";
import { rewardNames } from "../../src/domain/rewardNames.ts";
import { compositeDefinitions, rewardDefinitions } from "../../src/rewards/composition.ts";

const stage = (name: string, more: Record<string, unknown> = {}) => ({
  name,
  iterations: 1,
  rewards: { answer: 1 },
  ...more,
});

describe("a run's stages", () => {
  it.each([1, 2, 5])("are a list of any length, with names of one's own: %i", (length) => {
    const stages = Array.from({ length }, (_, index) => stage(`part-${index}`));
    expect(resolveConfiguration({ stages }).stages.map(({ name }) => name)).toEqual(stages.map(({ name }) => name));
  });

  it("are changed by their names, in a file's list too, and replaced by a list", () => {
    const file = { stages: [stage("first"), stage("second")] };
    const merged = mergeOverrides([file, parseAssignment("stages.second.rewards.retrievalRecall=0.5")]);
    expect(resolveConfiguration(merged).stages).toMatchObject([
      { name: "first", rewards: { answer: 1 } },
      { name: "second", rewards: { answer: 1, retrievalRecall: 0.5 } },
    ]);
    const replaced = mergeOverrides([parseAssignment("stages.reasoner.iterations=9"), file]);
    expect(resolveConfiguration(replaced).stages.map(({ name }) => name)).toEqual(["first", "second"]);
  });

  it("may want another gate than the run, or none", () => {
    const { stages } = resolveConfiguration({
      stages: { reasoner: { gate: { minimumGain: 0.1 } }, retriever: { gate: null } },
    });
    expect(stages.map(({ gate }) => gate)).toEqual([{ minimumGain: 0.1 }, null, {}]);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ stages: [] }, "stages: expected at least one stage"],
    [{ stages: [stage("warm-start")] }, 'stages.warm-start.name: "warm-start" is the name of stage 0; choose another'],
    [{ stages: [stage("a"), stage("a")] }, 'stages.a.name: there is another stage "a"'],
    [{ stages: [stage("../a")] }, "stages.0.name: use 1 to 40 lower-case letters"],
    [{ stages: [{ iterations: 1, rewards: { answer: 1 } }] }, "stages.0.name: "],
    [{ stages: [stage("a", { rewards: { anwser: 1 } })] }, 'stages.a.rewards: no such field "anwser"'],
    [
      { stages: [stage("a", { rewards: { answer: 1, "grounded-reasoning": 1 } })] },
      "(custom rewards are weighed by rewards.custom[].weight, in every stage)",
    ],
    [{ stages: [stage("a", { rewards: { answer: -1 } })] }, "stages.a.rewards.answer: Too small"],
    [{ stages: [stage("a", { rewards: { answer: 0 } })] }, "stages.a.rewards: expected at least one weight above 0"],
    [{ stages: [stage("a", { rewards: {} })] }, "stages.a.rewards: expected at least one weight above 0"],
    [{ stages: [stage("a", { iterations: -1 })] }, "stages.a.iterations: Too small"],
    [{ stages: [stage("a", { gate: { questions: 5 } })] }, "stages.a.gate: no such field"],
    [{ stages: [stage("a", { iteration: 1 })] }, "stages.a: no such field"],
    [{ stages: "all" }, "stages: "],
    [{ stages: {} }, "stages: an empty object changes nothing; give a list, or settings by name; known are reasoner"],
    [{ environments: {} }, "environments: an empty object changes nothing"],
    [{ rewards: { custom: {} } }, "rewards.custom: an empty object changes nothing"],
    [{ baselines: {} }, "baselines: an empty object changes nothing"],
    [{ schedule: "stagd" }, 'schedule.name: there is no schedule "stagd"'],
    [
      { schedule: { name: "joint", settings: { retrievalShare: 0.5 } } },
      "schedule.settings.retrievalShare: no such setting",
    ],
  ])("%j is refused by name and field", (overrides, message) => {
    expect(() => resolveConfiguration(overrides)).toThrow(message);
  });

  it("can weigh every reward that there is", () => {
    const defined = [...rewardDefinitions, ...compositeDefinitions].map(({ name }) => name);
    expect(defined.toSorted()).toEqual(rewardNames.toSorted());
  });
});
