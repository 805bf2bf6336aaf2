import { randomStream } from "../../domain/seed.ts";
import type { RandomStream } from "../../domain/seed.ts";
import { writeDocuments } from "../documents.ts";
import type { Medicine } from "../medicine.ts";
import { splitCases } from "../splits.ts";
import type { Case } from "../splits.ts";
import { consult } from "./consultation.ts";
import { inventedEvidence, readLibrary, worldEvidence } from "./evidence.ts";
import { guidedCase } from "./guidedCase.ts";
import type { Habits } from "./habits.ts";
import { readingExample } from "./reading.ts";
import type { Script } from "./script.ts";

/** Shares of the kinds of supervised example; what is left are consultations over made-up documents. */
export interface Mixture {
  /** Reading exercises. */
  readonly reading: number;
  /** Cases in which the model only reads. */
  readonly guided: number;
  /** Consultations about the known diseases over the world's own documents. */
  readonly known: number;
  readonly habits: Habits;
}

/**
 * The supervised examples of one world by index. All but these known cases cover all diseases, so that the model
 * knows every name and syndrome; facts are taught for the known diseases alone.
 */
export function createExamples(medicine: Medicine, mixture: Mixture): (purpose: string, index: number) => Script {
  const library = readLibrary(writeDocuments(medicine));
  const { known } = splitCases(medicine);
  const all = medicine.specialties.flatMap((specialty) =>
    specialty.diseases.map((disease): Case => ({ disease, specialty })),
  );
  return (purpose, index) => {
    const random = randomStream(["world", medicine.worldSeed, "base", purpose, index]);
    const kind = random.uniform();
    if (kind < mixture.reading) return readingExample(medicine, mixture.habits, random);
    if (kind < mixture.reading + mixture.guided)
      return guidedCase(drawPatient(all, medicine, random), medicine, random);
    const isKnown = kind < mixture.reading + mixture.guided + mixture.known;
    const cases = isKnown ? known : all;
    const patient = drawPatient(cases, medicine, random);
    const confusable = cases.filter((item) => item.specialty === patient.specialty).map((item) => item.disease.name);
    const source = isKnown
      ? worldEvidence(library, medicine, patient.specialty, patient.comorbidity, random)
      : inventedEvidence(medicine, patient.specialty, patient.comorbidity, random);
    return consult(patient, confusable, source, mixture.habits, random);
  };
}

function drawPatient(cases: readonly Case[], medicine: Medicine, random: RandomStream): Parameters<typeof consult>[0] {
  const { disease, specialty } = random.choice(cases);
  return {
    disease,
    specialty,
    findings: random.shuffle(disease.findings),
    comorbidity: random.choice(medicine.comorbidities),
  };
}
