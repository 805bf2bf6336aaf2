import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answer } from "../../src/rewards/answer.ts";
import type { ScoringSubject } from "../../src/rewards/subject.ts";
import { subjectOf } from "./subjects.ts";

const respond = (text: string): string => `<think> so </think> <answer> ${text} </answer>`;
const options = [
  { label: "A", text: "Gentamicin" },
  { label: "B", text: "Vitamin C" },
  { label: "C", text: "Ceftriaxone" },
];
const choice = { kind: "choice", options, answer: "C" } as const;
const scoreOf = (
  question: ScoringSubject["question"] | object,
  text: string,
  judgement?: ScoringSubject["judgement"],
) => answer.score(subjectOf({ question, text: respond(text), ...(judgement === undefined ? {} : { judgement }) }));

describe("an answer to a choice", () => {
  it.each([
    "C",
    "c",
    "(C)",
    "C.",
    "C)",
    "C. Ceftriaxone",
    "Option C",
    "The answer is C",
    "answer: (c)",
    "Ceftriaxone",
    "ceftriaxone.",
    "C: because of the knee",
  ])("is right when it says %s", (text) => {
    expect(scoreOf(choice, text)).toBe(1);
  });

  it.each([
    "A",
    "B",
    "D",
    "",
    "A, C",
    "C. Gentamicin",
    "Gentamicin",
    "A or C",
    "C and A",
    "Vitamin C",
    "everything",
    "Ceftriaxone or Gentamicin",
  ])("is wrong when it says %s", (text) => {
    expect(scoreOf(choice, text)).toBe(0.1);
  });

  it("tells options apart that differ in a sign alone", () => {
    const signs = [
      { label: "A", text: "Na+ > 145" },
      { label: "B", text: "Na+ < 145" },
      { label: "C", text: "-5" },
      { label: "D", text: "5" },
    ];
    for (const right of signs) {
      for (const given of signs)
        expect(scoreOf({ kind: "choice", options: signs, answer: right.label }, given.text)).toBe(
          given === right ? 1 : 0.1,
        );
    }
  });
});

describe("an open answer", () => {
  const open = {
    answer: "Metformin",
    acceptedAnswers: ["Glucophage"],
    partialAnswers: ["a biguanide", "phenformin"],
    harmfulAnswers: ["Phenformin"],
  };

  it("is right in the answer's words or an accepted spelling, whatever case, articles and punctuation", () => {
    for (const text of [
      "Metformin",
      "metformin.",
      "The metformin",
      "GLUCOPHAGE",
      "ｍｅｔｆｏｒｍｉｎ",
      "The answer is metformin",
    ])
      expect(scoreOf(open, text)).toBe(1);
  });

  it("is partly right when listed so, but never when harmful", () => {
    expect(scoreOf(open, "biguanide")).toBe(0.4);
    expect(scoreOf(open, "phenformin")).toBe(0.1);
    expect(scoreOf(open, "phenformin", 1)).toBe(0.1);
  });

  it("is wrong when it names more than was asked", () => {
    expect(scoreOf(open, "metformin phenformin")).toBe(0.1);
    expect(scoreOf({ kind: "diagnosis", answer: "measles" }, "measles or mumps")).toBe(0.1);
  });

  it("is left to a judge where matching does not decide, and not scored when the judge fails", () => {
    expect(scoreOf(open, "dimethylbiguanide", 2)).toBe(1);
    expect(scoreOf(open, "dimethylbiguanide", 1)).toBe(0.4);
    expect(scoreOf(open, "dimethylbiguanide", null)).toBeNull();
    expect(scoreOf(open, "metformin", null)).toBe(1);
    expect(scoreOf(choice, "A", 2)).toBe(0.1);
  });

  it("is always one of three values", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary", minLength: 1 }), (given, right) => {
        expect([0.1, 0.4, 1]).toContain(scoreOf({ answer: right }, given));
      }),
    );
  });
});
