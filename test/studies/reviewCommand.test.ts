import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { importReview } from "../../src/cli/importReview.ts";
import { readReviewOptions, type ReviewOptions } from "../../src/cli/reviewOptions.ts";
import { madeUpForm, reviewedStudy, reviewIds, reviewKey } from "./madeUpReview.ts";

describe("npm run review -- import", async () => {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-review-"));
  afterAll(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "study.json"), JSON.stringify(reviewedStudy));
  await writeFile(join(folder, "key.json"), JSON.stringify(reviewKey));
  const form = async (rater: string, ids: readonly string[]): Promise<string> => {
    const file = join(folder, `${rater}.json`);
    await writeFile(file, JSON.stringify(madeUpForm(rater, ids), null, 2));
    return file;
  };
  const options = (...files: string[]): ReviewOptions => {
    const read = readReviewOptions(["import", "--study", folder, "--folder", folder, "--root", folder, ...files]);
    if (read === null) throw new Error("no options");
    return read;
  };

  test("reads nothing where one form is wrong", async () => {
    const [good, bad] = [await form("made-up-one", reviewIds), await form("made-up-two", reviewIds.slice(1))];
    await expect(importReview(options(good, bad))).rejects.toThrow(/made-up-two\.json, line 5: no rating of t01/u);
    await expect(readFile(join(folder, "review.json"))).rejects.toThrow(/ENOENT/u);
  });

  test("joins the ratings to the study, and shows them in its report", async () => {
    const files = [await form("made-up-one", reviewIds), await form("made-up-two", reviewIds)];
    expect(await importReview(options(...files))).toBe(0);
    const review = JSON.parse(await readFile(join(folder, "review.json"), "utf8")) as { raters: string[] };
    expect(review.raters).toEqual(["made-up-one", "made-up-two"]);
    expect(await readFile(join(folder, "report.html"), "utf8")).toContain("2 raters read 4 trajectories");
  });

  test("refuses the key of another study", async () => {
    await writeFile(join(folder, "key.json"), JSON.stringify({ ...reviewKey, studyHash: "b".repeat(64) }));
    await expect(importReview(options(await form("made-up-one", reviewIds)))).rejects.toThrow(/is of another study/u);
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
