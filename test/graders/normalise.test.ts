import { describe, expect, it } from "vitest";
import { Question } from "../../src/domain/question.ts";
import { gradeAnswer } from "../../src/graders/grade.ts";

const graded = (right: string, given: string): number =>
  gradeAnswer(Question.parse({ id: "q", dataset: "d", kind: "open", text: "?", cluster: "q", answer: right }), given);

describe("wordings that say the same", () => {
  it.each([
    ["10⁹", "10^9"],
    ["10⁹", "1e9"],
    ["10⁹", "1 × 10^9"],
    ["10⁹", "1,000,000,000"],
    ["5 × 10⁻³", "0.005"],
    ["5×10⁻³", "5 x 10^-3"],
    ["10⁻⁹", "10^{-9}"],
    ["1.5e3", "1500"],
    ["5", "5.0"],
    ["5.5", "5.50"],
    ["0.5", ".5"],
    ["1000", "1,000"],
    ["1000", "1\u202f000"],
    ["12,345.60", "12345.6"],
    ["脑膜炎", "腦膜炎"],
    ["½", "1/2"],
    ["2½", "2 1/2"],
    ["−5", "-5"],
    ["5–10", "5-10"],
    ["5-10", "5 to 10"],
    ["50%", "50 %"],
    ["50%", "50 percent"],
    ["50%", "５０％"],
    ["5 mg", "5mg"],
    ["5 μg", "5 µg"],
    ["5 μg", "5 mcg"],
    ["5 mg/dL", "5 mg/dl"],
    ["Ca²⁺", "Ca2+"],
    ["m²", "m2"],
    ["HCO₃⁻", "HCO3-"],
    ["5-HT", "5HT"],
    ["β-blocker", "Β-Blocker"],
    ["β2-agonist", "beta-2 agonist"],
    ["TGF-β1", "TGF-beta1"],
    ["≥ 65 years", ">=65 years"],
    ["p<0.05", "p < 0.05"],
    ["O−", "O-"],
    ["pre- and postoperative", "pre and postoperative"],
    ["2 × 3 cm", "2x3 cm"],
    ["Hb ⬇", "Hb ↓"],
  ])("%j is also %j", (right, given) => {
    expect([graded(right, given), graded(given, right)]).toEqual([2, 2]);
  });
});

describe("an answer in other words", () => {
  it.each([
    ["rest", "**rest**"],
    ["rest", "\\boxed{\\text{rest}}"],
    ["rest", "The answer is rest."],
    ["rest", "Answer: rest"],
    ["rest", "“Rest”"],
    ["肺炎", "答案是肺炎。"],
    ["肺炎", "「肺炎」"],
    ["flu", "The most likely diagnosis is flu."],
    ["flu", "Diagnosis: flu"],
    ["肺炎", "诊断：肺炎"],
    ["肺炎", "最可能的诊断是肺炎"],
  ])("%j is given by %j", (right, given) => {
    expect(graded(right, given)).toBe(2);
  });
});

describe("wordings that differ", () => {
  it.each([
    ["≥140", "≤140"],
    ["≥140", "140"],
    [">140", "≥140"],
    ["±5", "5"],
    ["≠5", "5"],
    ["~5", "5"],
    ["√2", "2"],
    ["5‰", "5%"],
    ["5‰", "5"],
    ["CD4−", "CD4"],
    ["CD4- T cells", "CD4 T cells"],
    ["O-", "O"],
    ["O-", "O+"],
    ["♂ 5", "♀ 5"],
    ["Hb ⬆", "Hb ⬇"],
    ["Hb ↗", "Hb ↘"],
    ["10⁹", "109"],
    ["10^9", "109"],
    ["10⁹", "10 9"],
    ["10⁹", "10⁻⁹"],
    ["10⁹", "10⁸"],
    ["2½", "21/2"],
    ["2½", "21 2"],
    ["½", "12"],
    ["1/2", "12"],
    ["1/2", "2/1"],
    ["120/80", "12080"],
    ["120/80", "60/40"],
    ["0.5", "5"],
    ["5", "50"],
    ["5.0", "50"],
    ["1,5", "15"],
    ["1.000", "1000"],
    ["1,000", "1"],
    ["−5", "5"],
    ["-5", "5"],
    ["5-10", "510"],
    ["5-10", "15"],
    ["50%", "50"],
    ["50%", "0.5"],
    ["<5", ">5"],
    ["≤5", "<5"],
    ["5+", "5"],
    ["5 mg", "5 g"],
    ["5 mg", "50 mg"],
    ["5 μg", "5 mg"],
    ["x²", "x³"],
    ["1 2", "12"],
    ["rest", "not rest"],
    ["rest", "no rest"],
    ["rest", "rest or tea"],
    ["肺炎", "非肺炎"],
    ["↑", "↓"],
    ["pH 7.35", "pH 735"],
    ["type 1", "type 2"],
    ["G6PD", "G6"],
  ])("%j is not %j", (right, given) => {
    expect([graded(right, given), graded(given, right)]).toEqual([0, 0]);
  });
});
