import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { importReview } from "../../src/cli/importReview.ts";
import { readReviewOptions, type ReviewOptions } from "../../src/cli/reviewOptions.ts";
import { buildReview } from "../../src/studies/review/buildReview.ts";
import { madeUpStudy } from "./madeUpStudy.ts";

const result = madeUpStudy({
  arms: ["joint", "staged"],
  regimes: ["plain"],
  worlds: [100, 101],
  comparisons: [{ a: "staged", b: "joint" }],
  right: () => [5],
});
const answer = { questionId: "q", question: "?", rightAnswer: "rest", text: "made up", correct: true };
const { key } = buildReview(
  result.cells.map((cell) => ({ cell, answer })),
  result.studyHash,
);

describe("npm run review -- import", async () => {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-review-"));
  afterAll(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "study.json"), JSON.stringify(result));
  await writeFile(join(folder, "key.json"), JSON.stringify(key));
  const rating = { correct: "yes", supported: "yes", safe: "yes", harmfulOmission: "no", comment: "made up" };
  const form = async (rater: string, ids: readonly string[]): Promise<string> => {
    const file = join(folder, `${rater}.json`);
    const ratings = ids.map((id) => ({ id, ...rating }));
    await writeFile(file, JSON.stringify({ format: "med-r3-review-1", form: key.form, rater, ratings }, null, 2));
    return file;
  };
  const ids = key.rows.map(({ id }) => id);
  const options = (...files: string[]): ReviewOptions => {
    const read = readReviewOptions(["import", "--study", folder, "--folder", folder, "--root", folder, ...files]);
    if (read === null) throw new Error("no options");
    return read;
  };

  test("reads nothing where one form is wrong", async () => {
    const [good, bad] = [await form("made-up-one", ids), await form("made-up-two", ids.slice(1))];
    await expect(importReview(options(good, bad))).rejects.toThrow(/made-up-two\.json, line 5: no rating of t01/u);
    await expect(readFile(join(folder, "review.json"))).rejects.toThrow(/ENOENT/u);
  });

  test("joins the ratings to the study, and shows them in its report", async () => {
    const files = [await form("made-up-one", ids), await form("made-up-two", ids)];
    expect(await importReview(options(...files))).toBe(0);
    const review = JSON.parse(await readFile(join(folder, "review.json"), "utf8")) as { raters: string[] };
    expect(review.raters).toEqual(["made-up-one", "made-up-two"]);
    expect(await readFile(join(folder, "report.html"), "utf8")).toContain("2 raters read 4 trajectories");
  });

  test("refuses the key of another study", async () => {
    await writeFile(join(folder, "key.json"), JSON.stringify({ ...key, studyHash: "b".repeat(64) }));
    await expect(importReview(options(await form("made-up-one", ids)))).rejects.toThrow(/is of another study/u);
  });
});

describe("the words of npm run review", () => {
  test.each([
    [["--study", "s"], /missing required argument/u],
    [["check", "--study", "s"], /expected export, or import/u],
    [["export", "form.json", "--study", "s"], /export takes no files/u],
    [["import", "--study", "s"], /import needs the filled forms/u],
    [["export"], /--study/u],
    [["export", "--study", "s", "--trajectories", "0"], /--trajectories/u],
  ])("%j are refused", (words, message) => {
    expect(() => readReviewOptions(words)).toThrow(message);
  });
});
