import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildReview } from "../../src/studies/review/buildReview.ts";
import { joinReviews } from "../../src/studies/review/joinReviews.ts";
import { readForms } from "../../src/studies/review/readForms.ts";
import type { RatingRow } from "../../src/studies/review/reviewFiles.ts";
import { reviewSection } from "../../src/studies/review/reviewSection.ts";
import { sampleTrajectories, type Candidate } from "../../src/studies/review/sampleTrajectories.ts";
import { madeUpStudy } from "./madeUpStudy.ts";

const { cells, studyHash } = madeUpStudy({
  arms: ["joint", "staged"],
  regimes: ["plain"],
  worlds: [100, 101],
  comparisons: [],
  right: () => [5],
});
const candidates = cells.flatMap((cell): Candidate[] =>
  Array.from({ length: 12 }, (_, index) => ({
    cell,
    answer: {
      questionId: `q${index}`,
      question: `Made-up question ${index}?`,
      rightAnswer: "rest",
      text: `<think> made up </think> <answer> ${index} <b>x</b> </answer>`,
      correct: index % 4 === 0,
    },
  })),
);
const { chosen } = sampleTrajectories(candidates, 8, studyHash, 1);
const { key, form } = buildReview(chosen, studyHash);

/** A form that nobody filled: its rater says so. */
function madeUpForm(
  rater: string,
  rate: (index: number) => Partial<RatingRow>,
  change: (rows: RatingRow[]) => unknown[] = (rows) => rows,
): { name: string; text: string } {
  const rows = key.rows.map(({ id }, index) => ({
    id,
    correct: "yes",
    supported: "yes",
    safe: "yes",
    harmfulOmission: "no",
    comment: 'made up, with "id": in it',
    ...rate(index),
  }));
  const lines = change(rows).map((row) => JSON.stringify(row));
  const text = `{\n"format": "med-r3-review-1",\n"form": "${key.form}",\n"rater": "${rater}",\n"ratings": [\n${lines.join(",\n")}\n]\n}\n`;
  return { name: `${rater}.json`, text };
}

const same = (): Partial<RatingRow> => ({});

describe("the sample that experts see", () => {
  test("takes as many of each arm, half of them graded right, and the others where a stratum is short", () => {
    const counts = (count: number) =>
      sampleTrajectories(candidates, count, studyHash, 1).strata.map(({ taken }) => taken);
    expect(counts(8)).toEqual([2, 2, 2, 2]);
    // Six of each arm are graded right.
    expect(counts(40)).toEqual([14, 6, 14, 6]);
    expect(counts(1000)).toEqual([18, 6, 18, 6]);
  });

  test("is the same for the same study and seed, and another for another seed", () => {
    expect(sampleTrajectories(candidates, 8, studyHash, 1).chosen).toEqual(chosen);
    expect(sampleTrajectories(candidates, 8, studyHash, 2).chosen).not.toEqual(chosen);
  });

  test("is blinded: the form holds no arm, run, regime or grade, and its ids follow no arm", () => {
    for (const word of ["joint", "staged", "plain", "w100", studyHash, "graded"]) expect(form).not.toContain(word);
    expect(key.rows.map(({ id }) => id)).toEqual(["t01", "t02", "t03", "t04", "t05", "t06", "t07", "t08"]);
    expect(key.rows.map(({ arm }) => arm)).not.toEqual(key.rows.map(({ arm }) => arm).toSorted());
  });

  test("escapes what the model wrote, and lets no script run but the form's own", () => {
    expect(form).toContain("&lt;b&gt;x&lt;/b&gt;");
    expect(form).toMatch(/script-src 'sha256-[A-Za-z0-9+/=]+'/u);
    expect(form).not.toMatch(/(?:src|href)="/u);
  });
});

describe("filled forms", () => {
  test("are read whole", () => {
    const [read] = readForms([madeUpForm("made-up-one", same)], key);
    expect(read?.rater).toBe("made-up-one");
    expect(read?.ratings).toHaveLength(8);
  });

  const refusal = (...files: { name: string; text: string }[]): string => {
    try {
      readForms(files, key);
      return "nothing was refused";
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  test("with missing, doubled or foreign ids are refused by line", () => {
    const missing = madeUpForm("made-up", same, (rows) => rows.slice(0, 6));
    expect(refusal(missing)).toBe("made-up.json, line 5: no rating of t07, t08\nNothing was read.");
    const doubled = madeUpForm("made-up", same, (rows) => [...rows, ...rows.slice(2, 3)]);
    expect(refusal(doubled)).toBe("made-up.json, line 14: t03 was rated above already (line 8)\nNothing was read.");
    const foreign = madeUpForm("made-up", same, ([first, ...rows]) => [{ ...first, id: "t99" }, ...rows]);
    expect(refusal(foreign)).toBe(
      "made-up.json, line 6: t99 is not an id of this form\nmade-up.json, line 5: no rating of t01\nNothing was read.",
    );
  });

  test("with an answer off the scale, a missing one, or one more are refused by line", () => {
    const off = madeUpForm("made-up", (index) => (index === 1 ? { safe: "perhaps" } : {}));
    expect(refusal(off)).toMatch(
      /^made-up\.json, line 7: t02, safe: expected one of no, yes, cannot-tell, got "perhaps"/u,
    );
    const unanswered = madeUpForm("made-up", same, ([first, ...rows]) => [{ ...first, safe: undefined }, ...rows]);
    expect(refusal(unanswered)).toMatch(/^made-up\.json, line 6: t01, safe: /u);
    const more = madeUpForm("made-up", same, ([first, ...rows]) => [{ ...first, arm: "joint" }, ...rows]);
    expect(refusal(more)).toMatch(/^made-up\.json, line 6: t01: .*arm/u);
  });

  test("of another review, of one rater twice, that are cut short, or none at all are refused", () => {
    const other = madeUpForm("made-up", same);
    expect(refusal({ ...other, text: other.text.replace(key.form, "b".repeat(64)) })).toMatch(
      /line 3: this is the form of another review/u,
    );
    expect(refusal(madeUpForm("Made-Up", same), madeUpForm("made-up", same))).toMatch(
      /made-up\.json: rater "made-up" has filled Made-Up\.json already/u,
    );
    expect(refusal({ ...other, text: other.text.slice(0, -20) })).toMatch(/^made-up\.json(?:, line 1[34])?: not JSON/u);
    expect(refusal()).toMatch(/no filled form was given/u);
  });

  test("are all refused where one is: every fault of every file is told", () => {
    const bad = madeUpForm("made-up-two", same, (rows) => rows.slice(1));
    const worse = { name: "worse.json", text: "[]" };
    const message = refusal(madeUpForm("made-up-one", same), bad, worse);
    expect(message).toMatch(/made-up-two\.json, line 5: no rating of t01/u);
    expect(message).toMatch(/worse\.json: /u);
  });

  test("that come to nothing never pass: any row changed at random is either the same or refused", () => {
    fc.assert(
      fc.property(fc.nat(7), fc.constantFrom("id", "correct", "safe"), fc.string(), (index, field, value) => {
        const text = madeUpForm("made-up", same, (rows) =>
          rows.map((row, place) => (place === index ? { ...row, [field]: value } : row)),
        );
        fc.pre(
          value !== (field === "id" ? key.rows[index]?.id : "yes") && !["no", "partly", "cannot-tell"].includes(value),
        );
        expect(refusal(text)).toContain("Nothing was read");
      }),
    );
  });
});

describe("what experts said", () => {
  const forms = readForms(
    [
      madeUpForm("made-up-one", (index) => ({ correct: index < 4 ? "yes" : "no" })),
      madeUpForm("made-up-two", (index) => ({
        correct: index < 3 ? "yes" : "no",
        supported: index === 0 ? "cannot-tell" : "yes",
      })),
    ],
    key,
  );
  const review = joinReviews(forms, key, 0.95);

  test("by hand: kappa of two who agree on seven of eight, chance being half", () => {
    const correct = review.agreement.find(({ item }) => item === "correct");
    // (7/8 − (4·3 + 4·5)/64) ÷ (1 − 1/2)
    expect(correct?.kappa?.value).toBeCloseTo(0.75, 12);
    expect(correct?.alpha.value).toBeGreaterThan(0.7);
    expect(correct?.alpha.low).toBeLessThan(correct?.alpha.value ?? 0);
  });

  test("where all said the same, agreement cannot be said; who could not tell is counted", () => {
    expect(review.agreement.find(({ item }) => item === "safe")).toMatchObject({
      alpha: { value: null },
      kappa: { value: null },
    });
    expect(review.agreement.find(({ item }) => item === "supported")).toMatchObject({
      cannotTell: 1,
      kappa: { units: 7 },
    });
  });

  test("is joined to the arms by the key, and set beside the grader", () => {
    const arms = review.arms.filter(({ item }) => item === "correct");
    expect(arms.map(({ arm, trajectories, ratings }) => [arm, trajectories, ratings])).toEqual([
      ["joint", 4, 8],
      ["staged", 4, 8],
    ]);
    expect(arms.reduce((sum, { counts }) => sum + (counts["yes"] ?? 0), 0)).toBe(7);
    expect(review.grader.compared).toBe(16);
    expect(review.rows[0]?.ratings.map(({ rater }) => rater)).toEqual(["made-up-one", "made-up-two"]);
  });

  test("of three raters has alpha and no kappa", () => {
    const three = joinReviews(
      [...forms, { ...forms[0], rater: "made-up-three", ratings: forms[0]?.ratings ?? [] }],
      key,
      0.95,
    );
    expect(three.agreement[0]?.kappa).toBeNull();
    expect(three.agreement[0]?.alpha.value).not.toBeNull();
  });

  test("stands in the study's report", () => {
    expect(reviewSection(review).text).toContain("2 raters read 8 trajectories");
    expect(reviewSection(null).text).toContain("No expert has reviewed");
  });
});
