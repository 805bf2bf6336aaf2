import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clinicalConsistency } from "../../src/rewards/clinicalConsistency.ts";
import { expandAbbreviations } from "../../src/rewards/extraction/abbreviations.ts";
import { textExtractor } from "../../src/rewards/extraction/textExtractor.ts";
import { subjectOf } from "./subjects.ts";

const read = (text: string): string[] =>
  (textExtractor.extract(text) ?? []).map(({ head, relation, tail }) => `${head} | ${relation} | ${tail}`);

describe("triples of plain text", () => {
  it.each([
    ["Aspirin inhibits cyclooxygenase.", ["aspirin | inhibit | cyclooxygenase"]],
    ["Influenza is caused by a virus.", ["virus | cause | influenza"]],
    ["Beta blockers are contraindicated in asthma.", ["beta blocker | avoid in | asthma"]],
    ["Aspirin inhibits platelets and reduces fever.", ["aspirin | inhibit | platelet", "aspirin | reduce | fever"]],
    [
      "Influenza leads to fever, cough and fatigue.",
      ["influenza | cause | fever", "influenza | cause | cough", "influenza | cause | fatigue"],
    ],
    [
      "Fever suggests influenza, which is caused by a virus.",
      ["fever | suggest | influenza", "virus | cause | influenza"],
    ],
  ])("are read from: %s", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it("tell a statement from its negation", () => {
    expect(read("Metformin does not cause hypoglycemia.")).toEqual(["metformin | not cause | hypoglycemia"]);
    expect(read("There is no evidence that vitamin C prevents colds.")).toContain("vitamin c | not prevent | cold");
  });

  it("merge synonyms", () => {
    expect(read("Smoking leads to heart attacks.")).toEqual(read("Smoking causes myocardial infarction."));
  });

  it("name no empty thing, whatever the punctuation", () => {
    expect(read("Treatment: - includes ... , and % of (a) cases; ( ) causes death.").join(" ; ")).not.toMatch(
      /(?:^|; ) \||\| (?:;|$)/u,
    );
    expect(read("... causes fever.")).toEqual([]);
    for (const { relation } of textExtractor.extract("Park, 23'd ed, pg. 110 causes fever.") ?? [])
      expect(relation).not.toBe("");
  });

  it("are none where nothing is stated, and never an exception", () => {
    expect(read("")).toEqual([]);
    expect(read("休息对流感有效。")).toEqual([]);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
        for (const { head, relation, tail } of textExtractor.extract(text) ?? [])
          expect([head, relation, tail].includes("")).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it("let negation and opposed relations count as contradictions", () => {
    const semantics = textExtractor.semantics ?? null;
    const score = (said: string, known: string) =>
      clinicalConsistency.score(
        subjectOf({
          triples: textExtractor.extract(said),
          semantics,
          references: [{ triples: textExtractor.extract(known), graph: null, cosine: null }],
        }),
      );
    expect(score("Metformin causes hypoglycemia.", "Metformin does not cause hypoglycemia.")).toBe(0);
    expect(score("Aspirin increases fever.", "Aspirin reduces fever.")).toBe(0);
    expect(score("Aspirin reduces fever.", "Aspirin lowers pyrexia.")).toBe(1);
  });
});

it("does not read texts in another script: two that state nothing would be taken for equal", () => {
  expect([
    textExtractor.extract("青霉素可治疗肺炎链球菌感染，HBsAg阳性者慎用。"),
    textExtractor.extract("Пенициллин лечит пневмонию."),
  ]).toEqual([null, null]);
  expect(textExtractor.extract("12 + 3 = 15")).toEqual([]);
});

describe("abbreviations", () => {
  it("are replaced by what the text says they stand for", () => {
    expect(expandAbbreviations("Tumor necrosis factor (TNF) rises. TNF causes fever.")).toBe(
      "Tumor necrosis factor  rises. Tumor necrosis factor causes fever.",
    );
  });

  it("stay when the words before them do not fit", () => {
    expect(expandAbbreviations("The drug was given (BID).")).toBe("The drug was given (BID).");
  });
});
