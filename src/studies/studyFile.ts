import { z } from "zod";
import { largestSeed, most } from "../configuration/bounds.ts";
import { Budget } from "../configuration/cost.ts";
import { didYouMean } from "../domain/nearest.mjs";
import { namedOnce } from "../domain/namedOnce.ts";

/** Names of studies, arms and regimes: parts of the names of runs and files. */
export const StudyName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,39}$/u,
    "use 1 to 40 lower-case letters, digits and hyphens, starting with a letter or digit",
  );

const WholeNumber = z
  .number()
  .int()
  .min(0)
  .max(...largestSeed);

/** Trajectories of a review. */
export const mostReviewed = most(1000, "no person reads more with care");
const mostSeeds = most(1000, "a study of this size would take years");
const Numbers = z
  .array(WholeNumber)
  .min(1)
  .max(...mostSeeds)
  .refine((list) => new Set(list).size === list.length, "expected each number once");

/** Settings of runs, as in a configuration file; what is left out is the preset's. */
const Settings = z.record(z.string(), z.unknown());

/** What is compared: a configuration of its own. */
export const Arm = z.strictObject({ name: StudyName, settings: Settings.default({}) });
export type Arm = z.infer<typeof Arm>;

/** Where arms are compared: settings that all of them share there, and the worlds. */
export const Regime = z.strictObject({
  name: StudyName,
  settings: Settings.default({}),
  /** `data.worldSeed`; null for data that have no worlds. */
  worlds: Numbers.nullable().default(null),
  /** Names of the arms that are run there; null is all. */
  arms: z.array(z.string()).min(1).nullable().default(null),
});
export type Regime = z.infer<typeof Regime>;

/** The difference a − b, of arms by name. */
export const Comparison = z.strictObject({ a: z.string(), b: z.string() });
export type Comparison = z.infer<typeof Comparison>;

/** The expert review that a study waits for at its end (docs/review.md). */
export const Review = z.strictObject({
  raters: z
    .number()
    .int()
    .min(1)
    .max(...most(100, "each fills a form of their own")),
  trajectories: z
    .number()
    .int()
    .min(1)
    .max(...mostReviewed)
    .default(24),
  /** Of the sample. */
  seed: WholeNumber.default(1),
});

/** What settings were chosen on before the study: never what it reports. */
export const Choosing = z.strictObject({
  worlds: z.array(WholeNumber).default([]),
  pools: z.array(z.string()).default([]),
});

/** Pools that settings may be chosen on; all others are held out for the report. */
export const choosingPools: readonly string[] = ["training", "validation"];

/** A study, declared in one file before its first run (docs/studies.md). */
export const StudyFile = z
  .strictObject({
    name: StudyName,
    /** What the study is to answer. */
    question: z.string().min(1).max(2000),
    /** Preset of all runs. */
    preset: z.string().default("quick"),
    /** Settings of all runs, on top of the preset. */
    settings: Settings.default({}),
    arms: z
      .array(Arm)
      .min(1)
      .max(...most(100, "each is trained on every world with every seed"))
      .superRefine(namedOnce((name) => `there is another arm "${name}"`)),
    regimes: z
      .array(Regime)
      .min(1)
      .max(...most(100, "each is a place on the map of the report"))
      .superRefine(namedOnce((name) => `there is another regime "${name}"`)),
    /** Seeds of the runs on each world; "world" gives each world one run, with the world's number as its seed. */
    seeds: z.union([z.literal("world"), Numbers]),
    /** Differences whose p-values are corrected together. */
    comparisons: z
      .array(Comparison)
      .max(...most(1000, "each is corrected for all others"))
      .default([]),
    choosing: Choosing.default({ worlds: [], pools: [] }),
    /** Level of the intervals. */
    confidence: z.number().gt(0.5).lt(1).default(0.95),
    /** Runs at work at once; each wants a gpu worker. */
    parallel: z
      .number()
      .int()
      .min(1)
      .max(...most(100, "each run wants an engine of its own"))
      .default(1),
    /** Budget of all runs together. When a limit is reached, the study waits for a person. */
    budget: Budget.prefault({}),
    /** When all runs are finished, the study waits until so many experts have sent their filled forms; null waits for none. */
    review: Review.nullable().default(null),
  })
  .superRefine((study, context) => {
    const refuse = (path: PropertyKey[], message: string): void => context.addIssue({ code: "custom", path, message });
    refuseComparisons(study, refuse);
    refuseUnknownArms(study, refuse);
    refuseChoosing(study, refuse);
    refuseSeeds(study, refuse);
  });
export type StudyFile = z.infer<typeof StudyFile>;

type Refuse = (path: PropertyKey[], message: string) => void;
type Declared = Pick<StudyFile, "arms" | "regimes" | "comparisons" | "choosing" | "seeds">;

function refuseComparisons({ arms, comparisons }: Declared, refuse: Refuse): void {
  const known = arms.map(({ name }) => name);
  for (const [index, comparison] of comparisons.entries()) {
    for (const side of ["a", "b"] as const)
      if (!known.includes(comparison[side])) refuse(["comparisons", index, side], noArm(comparison[side], known));
    if (comparison.a === comparison.b)
      refuse(["comparisons", index, "b"], `expected another arm than a, ${comparison.a}`);
    const isSame = ({ a, b }: Comparison): boolean =>
      [a, b].toSorted().join(" ") === [comparison.a, comparison.b].toSorted().join(" ");
    if (comparisons.findIndex(isSame) < index)
      refuse(["comparisons", index], "these two arms are compared above already");
  }
}

function refuseUnknownArms({ arms, regimes }: Declared, refuse: Refuse): void {
  const known = arms.map(({ name }) => name);
  for (const [index, regime] of regimes.entries())
    for (const [place, arm] of (regime.arms ?? []).entries()) {
      const path = ["regimes", index, "arms", place];
      if (!known.includes(arm)) refuse(path, noArm(arm, known));
      else if (regime.arms?.indexOf(arm) !== place) refuse(path, `arm ${arm} is named twice`);
    }
}

function noArm(name: string, known: readonly string[]): string {
  return `there is no arm ${JSON.stringify(name)}; known are ${known.join(", ")}${didYouMean(name, known)}`;
}

function refuseChoosing({ regimes, choosing }: Declared, refuse: Refuse): void {
  for (const [index, pool] of choosing.pools.entries())
    if (!choosingPools.includes(pool))
      refuse(
        ["choosing", "pools", index],
        `${JSON.stringify(pool)} is held out for the report; settings are chosen on ${choosingPools.join(" or ")} questions`,
      );
  for (const { name, worlds } of regimes) {
    const both = choosing.worlds.filter((world) => worlds?.includes(world));
    if (both.length > 0)
      refuse(
        ["regimes", regimes.findIndex((regime) => regime.name === name), "worlds"],
        `${both.length === 1 ? "world" : "worlds"} ${both.join(", ")} of regime ${name}: used for choosing (choosing.worlds), so not to be reported on`,
      );
  }
}

function refuseSeeds({ regimes, seeds }: Declared, refuse: Refuse): void {
  const without = regimes.find(({ worlds }) => worlds === null);
  if (!Array.isArray(seeds) && without !== undefined)
    refuse(
      ["seeds"],
      `"world" gives each world a seed of its own, and regime ${without.name} has no worlds; list seeds`,
    );
}
