import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration/configurationError.ts";
import { readStudy, studiesFolder, studyFileOf } from "../../src/studies/readStudy.ts";
import { readGivenText } from "../../src/studies/givenText.ts";
import { declared, withArm } from "./declared.ts";

const read = (study: unknown) => readStudy(JSON.stringify(study), "studies/made.json");
const refusal = (study: unknown): string => {
  try {
    read(study);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return "";
};

describe("a declared study", () => {
  it("is every arm on every world with its seed, in runs that are named after them and their configuration", () => {
    const { cells, budgets, studyHash } = read(declared());
    expect(cells.map(({ arm, world, seed }) => `${arm} ${world} ${seed}`)).toEqual([
      ...["base", "staged", "joint"].map((arm) => `${arm} 100 100`),
      ...["base", "staged", "joint"].map((arm) => `${arm} 101 101`),
    ]);
    expect(cells[2]?.run).toMatch(/^joint-w100-s100-[0-9a-f]{12}$/u);
    expect(cells[2]?.configuration).toMatchObject({ seed: 100, data: { worldSeed: 100 }, schedule: { name: "joint" } });
    expect(new Set(cells.map(({ configurationHash }) => configurationHash)).size).toBe(6);
    const budget = { updates: 6, optimizerSteps: 12, questions: 12, samples: 48 };
    expect(budgets).toEqual([
      { arm: "base", budget: { updates: 0, optimizerSteps: 0, questions: 0, samples: 0 } },
      { arm: "staged", budget },
      { arm: "joint", budget },
    ]);
    expect(studyHash).toBe(createHash("sha256").update(JSON.stringify(declared())).digest("hex"));
  });

  it("gives an arm, a seed or a world more the same runs as before, and one changed setting others", () => {
    const hashes = (study: unknown): string[] => read(study).cells.map(({ configurationHash }) => configurationHash);
    const before = hashes(declared());
    const { arms } = declared();
    const renamed = (arms as { name: string }[]).map((arm) => ({ ...arm, name: `${arm.name}-2` }));
    const more = [...renamed, { name: "retrieval", settings: { schedule: "retrieval-first" } }];
    const grown = hashes(
      declared({ arms: more, regimes: [{ name: "other", worlds: [99, 100, 101] }], comparisons: [] }),
    );
    expect(grown).toHaveLength(12);
    expect(grown).toEqual(expect.arrayContaining(before));
    const changed = hashes(declared({ settings: { rollout: { samples: 5 } } }));
    expect(changed.filter((hash) => before.includes(hash))).toEqual([]);
  });

  it("has in a regime the arms that it names alone", () => {
    const regimes = [
      { name: "all", worlds: [100] },
      { name: "some", worlds: [101], arms: ["joint", "base"] },
    ];
    expect(read(declared({ regimes })).cells.map(({ arm, regime }) => `${arm} ${regime}`)).toEqual([
      ...["base", "staged", "joint"].map((arm) => `${arm} all`),
      ...["base", "joint"].map((arm) => `${arm} some`),
    ]);
  });

  it("of data without worlds has runs for each seed alone", () => {
    const settings = { data: { dataset: "pubmedqa", path: "/nowhere" } };
    const { cells } = read(
      declared({
        preset: "pubmedqa",
        settings,
        regimes: [{ name: "real" }],
        seeds: [1, 2],
        arms: [{ name: "staged" }],
        comparisons: [],
      }),
    );
    expect(cells.map(({ world, seed }) => [world, seed])).toEqual([
      [null, 1],
      [null, 2],
    ]);
  });
});

describe("a study is refused by name", () => {
  it.each<[why: string, study: unknown, message: RegExp]>([
    ["an unknown field", declared({ armes: [] }), /the file: no such field "armes"; known are .*arms/u],
    [
      "an unknown arm",
      declared({ comparisons: [{ a: "join", b: "base" }] }),
      /comparisons\.0\.a: there is no arm "join"; known are base, staged, joint.*joint/u,
    ],
    [
      "an unknown arm of a regime",
      declared({ regimes: [{ name: "default", worlds: [100], arms: ["base", "stage"] }] }),
      /regimes\.0\.arms\.1: there is no arm "stage"; known are base, staged, joint.*staged/u,
    ],
    [
      "an arm twice in a regime",
      declared({ regimes: [{ name: "default", worlds: [100], arms: ["base", "base"] }] }),
      /regimes\.0\.arms\.1: arm base is named twice/u,
    ],
    [
      "an arm compared with itself",
      declared({ comparisons: [{ a: "joint", b: "joint" }] }),
      /comparisons\.0\.b: expected another arm than a, joint/u,
    ],
    [
      "a comparison twice, turned round",
      declared({
        comparisons: [
          { a: "joint", b: "base" },
          { a: "base", b: "joint" },
        ],
      }),
      /comparisons\.1: these two arms are compared above already/u,
    ],
    [
      "two arms of one name",
      declared({ arms: [{ name: "joint" }, { name: "joint" }], comparisons: [] }),
      /arms\.1\.name: there is another arm "joint"/u,
    ],
    [
      "two regimes of one name",
      declared({
        regimes: [
          { name: "a", worlds: [5] },
          { name: "a", worlds: [6] },
        ],
      }),
      /regimes\.1\.name: there is another regime "a"/u,
    ],
    [
      "a held-out pool for choosing",
      declared({ choosing: { pools: ["validation", "held-out-diseases"] } }),
      /choosing\.pools\.1: "held-out-diseases" is held out for the report; settings are chosen on training or validation questions/u,
    ],
    [
      "worlds for choosing among those reported",
      declared({ choosing: { worlds: [1, 101] } }),
      /regimes\.0\.worlds: world 101 of regime default: used for choosing \(choosing\.worlds\), so not to be reported on/u,
    ],
    [
      "more updates in an arm",
      withArm({ stages: { reasoner: { iterations: 3 } } }),
      /arms\.odd: 7 updates .*, but arm staged has 6 updates .*; arms that train must have equal budgets/u,
    ],
    [
      "more questions in an arm",
      withArm({ rollout: { questions: 3 } }),
      /arms\.odd: 6 updates \(12 steps of the optimiser\), 18 questions, 72 samples, but arm staged/u,
    ],
    [
      "more samples in an arm",
      withArm({ rollout: { samples: 6 } }),
      /arms\.odd: .*72 samples, but arm staged has .*48 samples/u,
    ],
    [
      "more steps of the optimiser in an arm",
      withArm({ optimizer: { minibatches: 4 } }),
      /arms\.odd: 6 updates \(24 steps/u,
    ],
    [
      "a gate that extends",
      withArm({ gate: { maximumExtensions: 1 } }),
      /arms\.odd: the gate of stage reasoner may extend it.*set gate\.maximumExtensions to 0/u,
    ],
    [
      "one stage's gate that holds",
      withArm({ stages: { retriever: { gate: { otherwise: "hold" } } } }),
      /^arms\.odd: the gate of stage retriever may hold: set gate\.otherwise to "flag"$/u,
    ],
    [
      "a budget of the runs",
      withArm({ schedule: "joint", cost: { budget: { tokens: 5 } } }),
      /arms\.odd: cost\.budget\.tokens: declare it as `budget` of the study/u,
    ],
    [
      "an arm evaluated otherwise",
      withArm({ algorithm: "gdpo", evaluation: { questions: 3 } }),
      /arms\.odd: evaluation differs from that of arm base; all arms are evaluated alike/u,
    ],
    ["an arm on another task", withArm({ data: { dataset: "machines" } }), /arms\.odd: data\.dataset differs/u],
    [
      "settings that do not resolve",
      withArm({ stages: { resoner: { iterations: 1 } } }),
      /^arms\.odd: stages\.resoner: there is none; known are reasoner.*/u,
    ],
    ["a value out of range", withArm({ rollout: { samples: 1 } }), /^arms\.odd: rollout\.samples: .*>=2/u],
    ["an unknown preset", declared({ preset: "tniy" }), /preset: there is no "tniy".*tiny/u],
    ["a seed in an arm", withArm({ seed: 3 }), /arms\.odd\.settings\.seed: declare it in `seeds`/u],
    ["a run's name in an arm", withArm({ run: "mine" }), /arms\.odd\.settings\.run: runs are named by the study/u],
    [
      "a world in an arm",
      withArm({ data: { worldSeed: 3 } }),
      /arms\.odd\.settings\.data\.worldSeed: declare it in `worlds` of the regimes/u,
    ],
    [
      "worlds of data that have none",
      declared({ preset: "pubmedqa", settings: { data: { dataset: "pubmedqa", path: "/x" } } }),
      /worldSeed/u,
    ],
    [
      "seeds by world without worlds",
      declared({ regimes: [{ name: "default" }] }),
      /seeds: "world" gives each world a seed of its own, and regime default has no worlds/u,
    ],
    [
      "two arms that are the same",
      withArm({ schedule: "joint" }),
      /regimes\.default: arm odd has the configuration of arm joint in regime default, and would count twice/u,
    ],
    [
      "two regimes that are the same",
      declared({
        regimes: [
          { name: "a", worlds: [100] },
          { name: "b", worlds: [100] },
        ],
      }),
      /regimes\.b: arm base has the configuration of arm base in regime a/u,
    ],
    [
      "a world twice",
      declared({ regimes: [{ name: "a", worlds: [100, 100] }] }),
      /regimes\.0\.worlds: expected each number once/u,
    ],
    ["a name that is no name", declared({ name: "../up" }), /name: use 1 to 40 lower-case letters/u],
    ["no arm", declared({ arms: [], comparisons: [] }), /arms: /u],
  ])("for %s", (_, study, message) => {
    expect(refusal(study)).toMatch(message);
  });

  it("for what is no JSON", () => {
    expect(() => readStudy("{", "studies/made.json")).toThrow("studies/made.json: not JSON");
  });

  it("with all that is wrong at once, each arm by its regime", () => {
    const { arms } = declared();
    const study = declared({
      arms: [
        ...(arms as unknown[]),
        { name: "odd", settings: { rollout: { samples: 1 } } },
        { name: "worse", settings: { nothing: 1 } },
      ],
      regimes: [
        { name: "plain", worlds: [100] },
        { name: "long", worlds: [100], settings: { rollout: { maxResponseTokens: 80 } } },
      ],
    });
    expect(
      refusal(study)
        .split("\n")
        .map((line) => line.replace(/: (?:rollout|nothing).*/u, "")),
    ).toEqual(["regime plain: arms.odd", "regime plain: arms.worse"]);
  });
});

describe("studies that come with the project", () => {
  it.each(readdirSync(studiesFolder))("%s resolves", async (file) => {
    const name = file.replace(".json", "");
    const path = await studyFileOf(name);
    const { study, cells } = readStudy(await readGivenText(path), path);
    expect(study.name).toBe(name);
    expect(cells.length).toBeGreaterThan(0);
  });

  it("are named where there is none of a name", async () => {
    await expect(studyFileOf("smal")).rejects.toThrow(
      'study: there is no "smal"; known are broken-retrieval, headline, quick, quick-awakening, quick-entropy, quick-reading, schedules, schedules-longer, sft, small',
    );
  });
});
