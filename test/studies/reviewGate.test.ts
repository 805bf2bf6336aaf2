import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { keepSentForm, readSentForms } from "../../src/studies/review/sentForms.ts";
import { writeReview } from "../../src/studies/review/writeReview.ts";
import { StudyFile } from "../../src/studies/studyFile.ts";
import { madeUpForm, reviewedStudy, reviewKey } from "./madeUpReview.ts";

describe("forms sent to a study that waits for them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-sent-"));
  afterAll(() => rm(folder, { recursive: true }));
  const sent = join(folder, "review", "forms");

  test("none is there at first", async () => {
    expect(await readSentForms(sent, reviewKey)).toEqual([]);
  });

  test("a wrong form is refused by line, and not kept", async () => {
    await expect(keepSentForm(sent, madeUpForm("made-up-one", ["t01"]), reviewKey)).rejects.toThrow(
      /^the form that was sent, line \d+: no rating of t02/u,
    );
    expect(await readSentForms(sent, reviewKey)).toEqual([]);
  });

  test("a right one is kept; sent again it changes nothing; another of the same rater is refused", async () => {
    for (const _ of [1, 2])
      expect((await keepSentForm(sent, madeUpForm("made-up-one"), reviewKey)).map(({ rater }) => rater)).toEqual([
        "made-up-one",
      ]);
    const other = {
      ...madeUpForm("Made-up-one"),
      ratings: madeUpForm("").ratings.map((row) => ({ ...row, safe: "no" })),
    };
    await expect(keepSentForm(sent, other, reviewKey)).rejects.toThrow(/has filled .*already/u);
    expect(await keepSentForm(sent, madeUpForm("made-up-two"), reviewKey)).toHaveLength(2);
  });

  test("they are joined to the study and shown in its report", async () => {
    await writeReview({ folder, root: folder, result: reviewedStudy }, await readSentForms(sent, reviewKey), reviewKey);
    expect(await readFile(join(folder, "report.html"), "utf8")).toContain("2 raters read 4 trajectories");
  });
});

test("a study's file declares the review that it waits for", () => {
  const declared = { name: "s", question: "?", arms: [{ name: "a" }], regimes: [{ name: "r" }], seeds: [1] };
  expect(StudyFile.parse(declared).review).toBeNull();
  expect(StudyFile.parse({ ...declared, review: { raters: 2 } }).review).toEqual({
    raters: 2,
    trajectories: 24,
    seed: 1,
  });
  expect(() => StudyFile.parse({ ...declared, review: { raters: 0 } })).toThrow(/raters/u);
});
