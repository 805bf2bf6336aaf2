import { describe, expect, it } from "vitest";
import { calculate } from "../../src/environments/calculator/calculator.ts";
import { medicalFormulae } from "../../src/tasks/medical/formulae.ts";

const ask = (text: string) => calculate(text, medicalFormulae);

/** Each worked out by hand from the formula as published (see the sources in formulae.ts). */
describe("formulae", () => {
  it.each([
    // 70 ÷ 1.75² = 70 ÷ 3.0625
    ["bmi(weight_kg=70, height_cm=175)", "22.9 kg/m2"],
    // (140 − 60) × 72 ÷ (72 × 1.0) = 80; women 0.85 × 80
    ["creatinine_clearance(age_years=60, weight_kg=72, creatinine_mg_dl=1.0, sex=male)", "80.0 mL/min"],
    ["creatinine_clearance(age_years=60, weight_kg=72, creatinine_mg_dl=1.0, sex=female)", "68.0 mL/min"],
    // (120 + 2 × 80) ÷ 3
    ["mean_arterial_pressure(systolic_mmhg=120, diastolic_mmhg=80)", "93.3 mmHg"],
    // 140 − 104 − 24
    ["anion_gap(sodium_mmol_l=140, chloride_mmol_l=104, bicarbonate_mmol_l=24)", "12.0 mmol/L"],
    // 8 + 0.8 × (4 − 2)
    ["corrected_calcium(calcium_mg_dl=8, albumin_g_dl=2)", "9.6 mg/dL"],
    // 400 ÷ √(60 ÷ 100) = 400 ÷ 0.774597
    ["qtc_bazett(qt_ms=400, heart_rate_bpm=100)", "516 ms"],
    // 3.78 × ln 2 + 11.2 × ln 1.5 + 9.57 × ln 2 + 6.43 = 2.620 + 4.541 + 6.633 + 6.43 = 20.22
    ["meld(bilirubin_mg_dl=2, inr=1.5, creatinine_mg_dl=2, dialysis=no)", "20 points"],
    // All below 1 count as 1: 6.43
    ["meld(bilirubin_mg_dl=0.3, inr=0.9, creatinine_mg_dl=0.6, dialysis=no)", "6 points"],
    // 3.78 × ln 10 + 11.2 × ln 3 + 9.57 × ln 4 + 6.43 = 8.704 + 12.304 + 13.267 + 6.43 = 40.7, at most 40
    ["meld(bilirubin_mg_dl=10, inr=3, creatinine_mg_dl=1, dialysis=yes)", "40 points"],
    // 2 for 80 years, 1 female, 1 hypertension, 2 stroke
    [
      "cha2ds2_vasc(age_years=80, sex=female, heart_failure=no, hypertension=yes, diabetes=no, stroke=yes, vascular_disease=no)",
      "6 points",
    ],
    // 1 for 65 years, 1 vascular disease
    [
      "cha2ds2_vasc(age_years=65, sex=male, heart_failure=no, hypertension=no, diabetes=no, stroke=no, vascular_disease=yes)",
      "2 points",
    ],
  ])("%s is %s", (call, answer) => {
    expect(ask(call)).toMatchObject({ status: "answered", text: answer, error: null });
  });

  it("take expressions as inputs, and tell value and unit apart in the log", () => {
    expect(ask("BMI(weight_kg = 60 + 10, height_cm = 1.75 * 100)").payload).toEqual({
      formula: "bmi",
      inputs: { weight_kg: 70, height_cm: 175 },
      value: 22.9,
      unit: "kg/m2",
    });
  });

  it("have sources, and names that a call can spell", () => {
    for (const { name, source, inputs } of medicalFormulae) {
      expect(source.length).toBeGreaterThan(20);
      for (const one of [name, ...Object.keys(inputs)]) expect(one).toMatch(/^[a-z][a-z0-9_]*$/u);
    }
  });
});

describe("what cannot be worked out", () => {
  it.each([
    ["bmj(weight_kg=70)", 'there is no formula "bmj"'],
    ["bmi(weight_kg=70)", "height_cm is missing; expected a number from 20 to 280 cm"],
    ["bmi(weight_kg=heavy, height_cm=175)", 'weight_kg: expected a number from 0.2 to 700 kg, got "heavy"'],
    ["bmi(weight_kg=-70, height_cm=175)", 'got "-70"'],
    ["bmi(weight_kg=70, height_cm=1.75)", 'height_cm: expected a number from 20 to 280 cm, got "1.75"'],
    ["bmi(weight=70, height_cm=175)", 'bmi has no input "weight"; it takes weight_kg, height_cm'],
    ["bmi(70, 175)", '"70": write each input as name=value'],
    ["bmi(weight_kg=70, weight_kg=80, height_cm=175)", "weight_kg is given twice"],
    ["mean_arterial_pressure(systolic_mmhg=80, diastolic_mmhg=120)", "at most systolic_mmhg"],
    [
      "creatinine_clearance(age_years=60, weight_kg=72, creatinine_mg_dl=1, sex=man)",
      'sex: expected female or male, got "man"',
    ],
    ["meld(bilirubin_mg_dl=2, inr=1, creatinine_mg_dl=1, dialysis=1)", 'dialysis: expected yes or no, got "1"'],
    ["2 +", "the expression ends too early"],
    ["__proto__()", '"__proto__()" is no number'],
  ])("%s is refused with the reason, which the policy reads", (call, why) => {
    const { status, text, error } = ask(call);
    expect(status).toBe("refused");
    expect(error).toContain(why);
    expect(text).toBe(`error: ${error}`);
  });
});
