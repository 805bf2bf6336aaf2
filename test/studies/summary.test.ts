import { describe, expect, test } from "vitest";
import { StudyResult } from "../../src/studies/studyResult.ts";
import { answerOf } from "../../src/studies/report/answer.ts";
import { summarise } from "../../src/studies/summary.ts";
import type { ComparisonRow, StudySummary } from "../../src/studies/summaryTypes.ts";
import { madeUpStudy, type MadeUp } from "./madeUpStudy.ts";

const rising = [0, 0.2, 0.4, 0.9];

/** Staged fails on world 102 of the hard regime; joint is a tenth worse everywhere, and bad on odd worlds. */
const declared: MadeUp = {
  arms: ["base", "joint", "staged"],
  regimes: ["plain", "hard"],
  worlds: [100, 101, 102, 103, 104, 105],
  comparisons: [{ a: "staged", b: "joint" }],
  right: (arm, regime, world) => {
    if (arm === "base") return [0, 1];
    if (arm === "staged") return regime === "hard" && world === 102 ? null : [9, 9];
    return world % 2 === 0 ? [8, 8] : [4, 4];
  },
  curve: (arm) => (arm === "base" ? [] : arm === "staged" ? rising : [...rising, 1, 1]),
};

const rowOf = (summary: StudySummary, wanted: Partial<ComparisonRow>): ComparisonRow => {
  const found = summary.comparisons.find((row) =>
    Object.entries(wanted).every(([name, value]) => row[name as keyof ComparisonRow] === value),
  );
  if (found === undefined) throw new Error(`no row ${JSON.stringify(wanted)}`);
  return found;
};

const pool = "held-out diseases";

describe("the summary of a study", async () => {
  const result = madeUpStudy(declared);
  const summary = await summarise(result);

  test("is of a result as it is kept, is plain JSON, and is the same for the same result", async () => {
    expect(StudyResult.parse(result)).toEqual(result);
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
    expect(await summarise(structuredClone(result))).toEqual(summary);
  });

  test("has each arm's end in each regime: mean over worlds, and the share of runs above 80 %", () => {
    const joint = summary.arms.find((row) => row.arm === "joint" && row.regime === "plain" && row.pool === pool);
    expect(joint).toMatchObject({ runs: 6, missing: {}, ungraded: 0 });
    expect(joint?.accuracy?.mean).toBeCloseTo(0.6, 12);
    // 80 % itself is not above it.
    expect(joint?.above).toMatchObject({ share: 0, runs: 6, low: 0 });
    expect(joint?.metrics["harmful/share"]).toEqual({ mean: expect.closeTo(0.1, 12), runs: 6 });
    expect(joint?.groups).toEqual([
      { group: "cardiology", right: 36, total: 60 },
      { group: "renal", right: 36, total: 60 },
    ]);
  });

  test("says of a failed run that it is missing, in its arm's row and in every pair", () => {
    const staged = summary.arms.find((row) => row.arm === "staged" && row.regime === "hard" && row.pool === pool);
    expect(staged).toMatchObject({ runs: 5, missing: { failed: 1 } });
    const hard = rowOf(summary, { regime: "hard", basis: "updates", pool });
    expect(hard.pairs).toBe(5);
    expect(hard.missing).toEqual([
      { regime: "hard", world: "world 102", seed: 102, why: "staged is failed: the disk was full" },
    ]);
    expect(rowOf(summary, { regime: null, basis: "updates", pool })).toMatchObject({ pairs: 11 });
  });

  test("the map, by hand: differences on each world, each world once; over all regimes each regime once", () => {
    expect(rowOf(summary, { regime: "plain", basis: "updates", pool }).difference?.mean).toBeCloseTo(0.3, 12);
    // Without world 102: +0.1 twice, +0.5 three times.
    expect(rowOf(summary, { regime: "hard", basis: "updates", pool }).difference?.mean).toBeCloseTo(1.7 / 5, 12);
    expect(rowOf(summary, { regime: null, basis: "updates", pool }).difference?.mean).toBeCloseTo(
      (0.3 + 1.7 / 5) / 2,
      12,
    );
  });

  test("has the difference where either of two arms ended below 60 %, each direction by itself", () => {
    const rows = summary.lowEnds.filter((row) => row.pool === pool);
    // Joint ended at 40 % on worlds 101, 103 and 105 of both regimes, staged never below 90 %.
    expect(rows).toMatchObject([
      { a: "staged", b: "joint", low: "joint", pairs: 6 },
      { a: "staged", b: "joint", low: "staged", pairs: 0, difference: null },
    ]);
    expect(rows[0]?.difference?.mean).toBeCloseTo(0.5, 12);
  });

  test("at equal tokens the arm that went on longer is read where the other stopped", () => {
    const tokens = rowOf(summary, { regime: "plain", basis: "tokens" });
    expect(tokens).toMatchObject({ pool: null, pairs: 6, adjusted: null });
    expect(tokens.difference?.mean).toBeCloseTo(0, 12);
    // Means over all updates: (0 + 0.2 + 0.4 + 0.9) / 4, and with two updates at 1 more (1.5 + 2) / 6.
    expect(rowOf(summary, { regime: "plain", basis: "area" }).difference?.mean).toBeCloseTo(1.5 / 4 - 3.5 / 6, 12);
  });

  test("corrects p values over the declared comparisons of a regime: here one on two pools", () => {
    const rows = summary.comparisons.filter((row) => row.regime === "plain" && row.basis === "updates");
    expect(rows).toHaveLength(2);
    for (const { adjusted, difference } of rows) expect(adjusted ?? 0).toBeGreaterThanOrEqual(difference?.p ?? 1);
  });

  test("tells when an arm reached 80 % in training, and that a base never trained", () => {
    const [base, joint] = ["base", "joint"].map((arm) =>
      summary.learning.find((row) => row.arm === arm && row.regime === "plain"),
    );
    expect(base).toMatchObject({ area: null, reached: { runs: 0, reached: 0, updates: null, tokens: null } });
    // Between the third update (0.4, middle at 2.5) and the fourth (0.9, at 3.5).
    expect(joint?.reached).toMatchObject({ runs: 6, reached: 6, updates: expect.closeTo(3.3, 9) });
    expect(joint?.reached.tokens).toBeCloseTo(3.3 * 3000, 6);
  });
});

test("sampled answers to a pool are in the arms' rows, compared with nothing; validation, sampled or not, is in neither", async () => {
  const result = madeUpStudy(declared);
  const renamed: Readonly<Record<string, string>> = {
    "held-out diseases": "sampled held-out specialties",
    "held-out specialties": "sampled validation",
  };
  for (const { outcome } of result.cells) {
    if (outcome === null) continue;
    const more = structuredClone(outcome);
    for (const one of [...more.pools, ...more.checkpoints.flatMap(({ pools }) => pools)])
      one.pool = renamed[one.pool] ?? "";
    outcome.pools.push(...more.pools);
    for (const [index, checkpoint] of outcome.checkpoints.entries())
      checkpoint.pools.push(...(more.checkpoints[index]?.pools ?? []));
  }
  const summary = await summarise(result);
  expect(summary.pools).toEqual(["held-out diseases", "held-out specialties"]);
  expect([...new Set(summary.arms.map((row) => row.pool))]).toEqual([...summary.pools, "sampled held-out specialties"]);
  expect(new Set(summary.comparisons.map((row) => row.pool))).toEqual(new Set([...summary.pools, null]));
});

test("a regime that has not all arms, or other pools, is in the comparisons that it declares and in no other", async () => {
  const other = "held-out faults";
  const result = madeUpStudy({
    ...declared,
    regimes: ["plain", "few", "machines"],
    comparisons: [
      { a: "staged", b: "joint" },
      { a: "joint", b: "base" },
    ],
    armsOf: (regime) => (regime === "few" ? ["base", "joint"] : ["base", "joint", "staged"]),
    poolsOf: (regime) => (regime === "machines" ? [other] : [pool]),
  });
  const { comparisons, arms, learning } = await summarise(result);
  const placesOf = (a: string, basis: string, of: string | null): (string | null)[] =>
    comparisons.filter((row) => row.a === a && row.basis === basis && row.pool === of).map(({ regime }) => regime);
  expect(placesOf("staged", "updates", pool)).toEqual(["plain"]);
  expect(placesOf("staged", "updates", other)).toEqual(["machines"]);
  expect(placesOf("staged", "tokens", null)).toEqual([null, "plain", "machines"]);
  expect(placesOf("joint", "updates", pool)).toEqual([null, "plain", "few"]);
  expect(comparisons.flatMap(({ missing }) => missing)).toEqual([]);
  expect(arms.filter(({ missing }) => Object.keys(missing).length > 0)).toEqual([]);
  expect(learning.filter(({ arm }) => arm === "staged").map(({ regime }) => regime)).toEqual(["plain", "machines"]);
});

test("a regime of which nothing has finished is missing in the pools of its kind of data alone", async () => {
  const made = { ...declared, regimes: ["plain", "hard", "machines"] };
  const result = madeUpStudy({
    ...made,
    right: (arm, regime, world, of) => (regime === "hard" ? null : declared.right(arm, regime, world, of)),
    poolsOf: (regime) => (regime === "machines" ? ["held-out faults"] : [pool]),
  });
  Object.assign(result.study.regimes[2] ?? {}, { settings: { data: { dataset: "machines" } } });
  const { comparisons } = await summarise(result);
  const faults = comparisons.filter((row) => row.pool === "held-out faults");
  expect(faults.map(({ regime }) => regime)).toEqual(["machines"]);
  expect(comparisons.filter((row) => row.pool === pool).map(({ regime }) => regime)).toEqual([null, "plain", "hard"]);
});

test("a regime of which nothing has finished is missing from every comparison, pair by pair", async () => {
  const right: MadeUp["right"] = (arm, regime, world, of) =>
    regime === "hard" ? null : declared.right(arm, regime, world, of);
  const summary = await summarise(madeUpStudy({ ...declared, right }));
  expect(rowOf(summary, { regime: "hard", basis: "updates", pool })).toMatchObject({ pairs: 0, difference: null });
  expect(rowOf(summary, { regime: null, basis: "updates", pool }).missing).toHaveLength(6);
});

describe("a study of which little is there", () => {
  test("without a finished run has rows that say so, and no number", async () => {
    const summary = await summarise(madeUpStudy({ ...declared, right: () => null }));
    expect(summary.pools).toEqual([]);
    expect(summary.learning.every(({ runs, area }) => runs === 0 && area === null)).toBe(true);
    expect(summary.comparisons.every(({ difference, missing }) => difference === null && missing.length > 0)).toBe(
      true,
    );
  });

  test("whose seconds are not known says so in the pairs", async () => {
    const result = madeUpStudy(declared);
    for (const { outcome } of result.cells) delete outcome?.curve.metrics["seconds/update"];
    const seconds = rowOf(await summarise(result), { regime: "plain", basis: "seconds" });
    expect(seconds).toMatchObject({ difference: null, pairs: 0 });
    expect(seconds.missing[0]?.why).toBe("the seconds of some updates are not known");
  });

  test("pairs of few worlds have no interval: nothing is known of how worlds differ", async () => {
    const summary = await summarise(madeUpStudy({ ...declared, worlds: [100, 101] }));
    expect(rowOf(summary, { regime: "plain", basis: "updates", pool })).toMatchObject({
      pairs: 2,
      adjusted: null,
      difference: { low: null, high: null, p: null, worlds: 2 },
    });
    expect(answerOf(summary)[0]).toContain("(2 worlds, no interval below 6)");
    expect(answerOf(summary)[0]).toContain("too few worlds to show which is better");
  });

  test("answers that could not be graded are counted, and said to be missing as such", async () => {
    const result = madeUpStudy(declared);
    const [cell] = result.cells.filter(({ arm, regime }) => arm === "joint" && regime === "plain");
    for (const { pools } of cell?.outcome?.checkpoints ?? [])
      for (const answers of pools) Object.assign(answers, { right: 0, total: 0, ungraded: 20 });
    const row = (await summarise(result)).arms.find((one) => one.arm === "joint" && one.regime === "plain");
    expect(row).toMatchObject({ runs: 5, missing: { "not-graded": 1 }, ungraded: 20 });
  });

  test("a run whose last policy was not asked a pool is missing there: no earlier policy stands in for it", async () => {
    const result = madeUpStudy(declared);
    const [cell] = result.cells.filter(({ arm, regime }) => arm === "joint" && regime === "plain");
    cell?.outcome?.checkpoints.at(-1)?.pools.splice(0, 1);
    const row = (await summarise(result)).arms.find((one) => one.arm === "joint" && one.regime === "plain");
    expect(row).toMatchObject({ pool, runs: 5, missing: { "not-asked": 1 } });
  });
});
