import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { afterAll, describe, expect, test } from "vitest";
import { answerOf } from "../../src/studies/report/answer.ts";
import { renderStudyPage } from "../../src/studies/report/page.ts";
import { verdictText } from "../../src/studies/report/wording.ts";
import { writeStudyOutputs } from "../../src/studies/outputs.ts";
import { summarise, summaryLines } from "../../src/studies/summary.ts";
import { madeUpStudy } from "./madeUpStudy.ts";

const result = madeUpStudy({
  arms: ["base", "joint", "staged"],
  regimes: ["plain", "hard"],
  worlds: [100, 101, 102, 103, 104, 105],
  comparisons: [{ a: "staged", b: "joint" }],
  right: (arm, regime, world) => {
    if (arm === "staged" && regime === "hard" && world === 101) return null;
    return arm === "base" ? [1, 0] : arm === "staged" ? [9, 9] : [world === 101 ? 5 : 6, 6];
  },
  curve: (arm) => (arm === "base" ? [] : [0, 0.3, 0.6]),
});
const hostile = '<script>alert("x")</script>';

describe("the report of a study", async () => {
  const summary = await summarise(result);
  const page = renderStudyPage({ result, summary, examples: null, review: null });

  test("says the answer in three sentences before anything else", () => {
    const [comparison, ends, missing] = answerOf(summary);
    expect(comparison).toMatch(
      /^staged − joint at equal updates: \+30\.4 \(.*\) points on held-out diseases over 2 regimes \(11 pairs\): staged is better \(corrected p = 0\.003\); /u,
    );
    expect(ends).toBe(
      "Runs ended above 80 % on held-out diseases in 2 regimes: staged in 11 of 12 (mean 90.0 %, 1 failed), base in 0 of 12 (mean 5.0 %), joint in 0 of 12 (mean 59.2 %).",
    );
    expect(missing).toMatch(/^Of 36 declared runs 35 finished \(1 failed: no figure counts these/u);
    const body = page.slice(page.indexOf("<main>"));
    expect(body.indexOf("staged − joint at equal updates")).toBeLessThan(body.indexOf("<h2>"));
  });

  test("calls an arm better only where the interval and the corrected p value say so", () => {
    const difference = { mean: 0.1, low: 0.01, high: 0.2, p: 0.03, worlds: 8 };
    const verdict = (adjusted: number | null): string => verdictText({ a: "x", b: "y", difference, adjusted }, 0.95);
    expect(verdict(0.03)).toBe("x is better (corrected p = 0.030)");
    expect(verdict(0.0001)).toBe("x is better (corrected p < 0.001)");
    expect(verdict(0.12)).toBe("which is better stays open (corrected p = 0.120)");
    expect(verdict(null)).toBe("too few worlds to show which is better");
  });

  test("names no arm that was declared in fewer places than the first comparison, and no survivor without its losses", async () => {
    const made = madeUpStudy({
      arms: ["joint", "staged", "rare", "lost"],
      regimes: ["plain", "parts"],
      worlds: [100, 101],
      comparisons: [{ a: "staged", b: "joint" }],
      armsOf: (regime) => (regime === "parts" ? ["joint", "staged", "rare", "lost"] : ["joint", "staged", "lost"]),
      right: (arm, regime, world) => (arm === "lost" && world === 100 ? null : [arm === "joint" ? 5 : 10]),
    });
    expect(answerOf(await summarise(made))[1]).toBe(
      "Runs ended above 80 % on held-out diseases in 2 regimes: staged in 4 of 4 (mean 100.0 %), lost in 2 of 4 (mean 100.0 %, 2 failed), joint in 0 of 4 (mean 50.0 %).",
    );
  });

  test("shows the missing run with its cause, and keeps the paper's table apart", () => {
    expect(page).toContain("staged is failed: the disk was full");
    expect(page).toContain("Not of this study");
    expect(page).toContain("61.05");
  });

  test("needs nothing from outside, runs no script, and escapes what it shows", () => {
    const worse = { ...result, notes: [hostile], study: { ...result.study, question: hostile } };
    const examples = [
      {
        regime: "plain",
        world: "world 100",
        question: hostile,
        rightAnswer: hostile,
        right: { arm: "staged", text: hostile },
        wrong: { arm: "joint", text: hostile },
      },
    ];
    const shown = renderStudyPage({
      result: worse,
      summary: { ...summary, question: hostile, notes: [hostile] },
      examples,
      review: null,
    });
    expect(shown).not.toContain("<script");
    expect(shown).not.toMatch(/(?:src|href)="(?!#)/u);
    expect(shown).toContain("default-src 'none'");
  });

  test("of a study of which nothing has run yet is a page all the same", async () => {
    const pending = {
      ...result,
      cells: result.cells.map((cell) => ({ ...cell, status: "pending" as const, cause: null, outcome: null })),
      counts: { finished: 0, failed: 0, held: 0, pending: 18 },
    };
    const none = await summarise(pending);
    expect(answerOf(none)).toEqual([
      "No two arms could be compared.",
      "No run has been evaluated on a held-out pool.",
      expect.stringContaining("Of 18 declared runs 0 finished (18 pending"),
    ]);
    expect(renderStudyPage({ result: pending, summary: none, examples: null, review: null })).toContain(
      "No run has been trained yet",
    );
  });

  test("has the same figures in the terminal", () => {
    expect(summaryLines(summary)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^hard, held-out diseases, staged: 90\.0 % .* 5 runs, missing 1 failed$/u),
        expect.stringMatching(/^hard, held-out diseases, staged − joint: .* points over 5 pairs, 1 missing$/u),
      ]),
    );
  });
});

describe("a study's files", async () => {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-study-"));
  afterAll(() => rm(folder, { recursive: true }));
  await writeStudyOutputs({ folder, root: folder, result });
  const rows = async (name: string): Promise<Record<string, unknown>[]> =>
    parquetReadObjects({ file: await asyncBufferFromFile(join(folder, name)) });

  test("are the summary and the report", async () => {
    expect(JSON.parse(await readFile(join(folder, "summary.json"), "utf8"))).toEqual(await summarise(result));
    expect(await readFile(join(folder, "report.html"), "utf8")).toContain("The logs of the runs were not where");
  });

  test("and tables of every number: each disease's answers, each measurement, and the run that failed", async () => {
    const answers = await rows("answers.parquet");
    // 35 runs, two checkpoints, two pools, two diseases.
    expect(answers).toHaveLength(35 * 2 * 2 * 2);
    expect(answers).toContainEqual({
      arm: "joint",
      regime: "plain",
      world: 101n,
      seed: 101n,
      run: "joint-w101",
      update: 3n,
      checkpoint: "after joint",
      pool: "held-out diseases",
      cluster: "d0",
      group: "cardiology",
      right: 5n,
      total: 10n,
    });
    const measurements = await rows("measurements.parquet");
    const curve = measurements.filter(
      ({ of, name, run }) => of === "training" && name === "accuracy" && run === "joint-w100",
    );
    expect(curve.map(({ update, value }) => [update, value])).toEqual([
      [0n, 0],
      [1n, 0.3],
      [2n, 0.6],
      [0n, 0],
      [1n, 0.3],
      [2n, 0.6],
    ]);
    expect(measurements.filter(({ name, value }) => name === "finished" && value === 0)).toHaveLength(1);
    expect(measurements.find(({ name }) => name === "money")).toMatchObject({ value: null });
  });
});
