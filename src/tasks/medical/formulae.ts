import { choice, formula, quantity, yesNo, type Formula } from "../../environments/calculator/formula.ts";

const pressure = quantity("mmHg", 1, 400);
const electrolyte = quantity("mmol/L", 1, 300);

/** Formulae of bedside medicine. For research on training methods; nothing here may guide the care of a person. */
export const medicalFormulae: readonly Formula[] = [
  formula({
    name: "bmi",
    source: "Keys A et al. Indices of relative weight and obesity. J Chronic Dis 1972;25:329-43",
    inputs: { weight_kg: quantity("kg", 0.2, 700), height_cm: quantity("cm", 20, 280) },
    unit: "kg/m2",
    digits: 1,
    compute: ({ weight_kg: weight, height_cm: height }) => weight / (height / 100) ** 2,
  }),
  formula({
    name: "creatinine_clearance",
    source: "Cockcroft DW, Gault MH. Prediction of creatinine clearance from serum creatinine. Nephron 1976;16:31-41",
    inputs: {
      age_years: quantity("years", 18, 120),
      weight_kg: quantity("kg", 20, 700),
      creatinine_mg_dl: quantity("mg/dL", 0.1, 40),
      sex: choice("female", "male"),
    },
    unit: "mL/min",
    digits: 1,
    compute: ({ age_years: age, weight_kg: weight, creatinine_mg_dl: creatinine, sex }) =>
      (((140 - age) * weight) / (72 * creatinine)) * (sex === "female" ? 0.85 : 1),
  }),
  formula({
    name: "mean_arterial_pressure",
    source:
      "Diastolic pressure and a third of the pulse pressure; Razminia M et al. Catheter Cardiovasc Interv 2004;63:419-25",
    inputs: { systolic_mmhg: pressure, diastolic_mmhg: pressure },
    unit: "mmHg",
    digits: 1,
    compute: ({ systolic_mmhg: systolic, diastolic_mmhg: diastolic }) => (systolic + 2 * diastolic) / 3,
    contradiction: ({ systolic_mmhg: systolic = 0, diastolic_mmhg: diastolic = 0 }) =>
      diastolic > systolic ? "diastolic_mmhg: expected at most systolic_mmhg" : null,
  }),
  formula({
    name: "anion_gap",
    source: "Emmett M, Narins RG. Clinical use of the anion gap. Medicine 1977;56:38-54 (without potassium)",
    inputs: { sodium_mmol_l: electrolyte, chloride_mmol_l: electrolyte, bicarbonate_mmol_l: electrolyte },
    unit: "mmol/L",
    digits: 1,
    compute: ({ sodium_mmol_l: sodium, chloride_mmol_l: chloride, bicarbonate_mmol_l: bicarbonate }) =>
      sodium - chloride - bicarbonate,
  }),
  formula({
    name: "corrected_calcium",
    source:
      "Payne RB et al. Interpretation of serum calcium in patients with abnormal serum proteins. BMJ 1973;4:643-6",
    inputs: { calcium_mg_dl: quantity("mg/dL", 1, 30), albumin_g_dl: quantity("g/dL", 0.5, 8) },
    unit: "mg/dL",
    digits: 1,
    compute: ({ calcium_mg_dl: calcium, albumin_g_dl: albumin }) => calcium + 0.8 * (4 - albumin),
  }),
  formula({
    name: "qtc_bazett",
    source: "Bazett HC. An analysis of the time-relations of electrocardiograms. Heart 1920;7:353-70",
    inputs: { qt_ms: quantity("ms", 100, 1000), heart_rate_bpm: quantity("beats/min", 20, 300) },
    unit: "ms",
    digits: 0,
    compute: ({ qt_ms: qt, heart_rate_bpm: rate }) => qt / Math.sqrt(60 / rate),
  }),
  formula({
    name: "meld",
    source:
      "Kamath PS et al. Hepatology 2001;33:464-70, with the bounds of UNOS (values below 1 count as 1, creatinine at most 4)",
    inputs: {
      bilirubin_mg_dl: quantity("mg/dL", 0.1, 80),
      inr: quantity("", 0.5, 20),
      creatinine_mg_dl: quantity("mg/dL", 0.1, 40),
      dialysis: yesNo,
    },
    unit: "points",
    digits: 0,
    compute: ({ bilirubin_mg_dl: bilirubin, inr, creatinine_mg_dl: creatinine, dialysis }) => {
      const counted = dialysis ? 4 : Math.min(Math.max(creatinine, 1), 4);
      const score =
        3.78 * Math.log(Math.max(bilirubin, 1)) + 11.2 * Math.log(Math.max(inr, 1)) + 9.57 * Math.log(counted) + 6.43;
      return Math.min(Math.max(score, 6), 40);
    },
  }),
  formula({
    name: "cha2ds2_vasc",
    source: "Lip GYH et al. Refining clinical risk stratification in atrial fibrillation. Chest 2010;137:263-72",
    inputs: {
      age_years: quantity("years", 18, 120),
      sex: choice("female", "male"),
      heart_failure: yesNo,
      hypertension: yesNo,
      diabetes: yesNo,
      stroke: yesNo,
      vascular_disease: yesNo,
    },
    unit: "points",
    digits: 0,
    compute: (patient) =>
      (patient.age_years >= 75 ? 2 : patient.age_years >= 65 ? 1 : 0) +
      (patient.stroke ? 2 : 0) +
      (patient.sex === "female" ? 1 : 0) +
      [patient.heart_failure, patient.hypertension, patient.diabetes, patient.vascular_disease].filter(Boolean).length,
  }),
];
