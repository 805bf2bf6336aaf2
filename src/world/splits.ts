import { randomStream } from "../domain/seed.ts";
import type { Disease, Medicine, Specialty } from "./medicine.ts";

/** A disease with the specialty it belongs to. */
export interface Case {
  readonly disease: Disease;
  readonly specialty: Specialty;
}

/** Which diseases serve what; no disease is in two of the first four lists. */
export interface Splits {
  readonly training: readonly Case[];
  /** From training specialties and from one specialty of their own. */
  readonly validation: readonly Case[];
  /** New diseases of the training specialties. */
  readonly heldOutDiseases: readonly Case[];
  /** Diseases of specialties that training and validation never touch. */
  readonly heldOutSpecialties: readonly Case[];
  /** Training diseases whose facts the base model was taught. */
  readonly known: readonly Case[];
}

const trainingSpecialties = 6;
const trainingDiseases = 12;
const validationDiseases = 4;
const knownShare = 0.3;

/** Splits a world by disease and by specialty. */
export function splitCases(medicine: Medicine): Splits {
  const cases = medicine.specialties.map((specialty) => specialty.diseases.map((disease) => ({ disease, specialty })));
  const familiar = cases.slice(0, trainingSpecialties);
  const training = familiar.flatMap((list) => list.slice(0, trainingDiseases));
  const random = randomStream(["world", medicine.worldSeed, "known"]);
  return {
    training,
    validation: [
      ...familiar.flatMap((list) => list.slice(trainingDiseases, trainingDiseases + validationDiseases)),
      ...(cases[trainingSpecialties] ?? []),
    ],
    heldOutDiseases: familiar.flatMap((list) => list.slice(trainingDiseases + validationDiseases)),
    heldOutSpecialties: cases.slice(trainingSpecialties + 1).flat(),
    known: random.sample(training, Math.round(training.length * knownShare)),
  };
}
