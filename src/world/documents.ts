import { createHash } from "node:crypto";
import { bandLevels } from "../domain/evidenceScale.ts";
import { medicalScale } from "../tasks/medical/evidenceScale.ts";
import type { Passage } from "../domain/passage.ts";
import { randomStream } from "../domain/seed.ts";
import type { RandomStream } from "../domain/seed.ts";
import type { Medicine, Specialty } from "./medicine.ts";
import type { Relation } from "./vocabulary.ts";

/** Documents about one fact, and how often a document of that evidence band is right. */
const copies: readonly { readonly band: string; readonly right: number }[] = [
  { band: "high", right: 1 },
  { band: "mid", right: 0.6 },
  { band: "low", right: 0.3 },
  { band: "low", right: 0.3 },
];
const contraindicationCopies = copies.filter((_, index) => index === 0 || index === 2);
const distractorsPerTopic = 2;

/** Title of the high-evidence document about a fact, the one a good retrieval finds. */
export function goldTitle(head: string, topic: string): string {
  return `${head} ${topic} 1`;
}

/** The whole corpus of a world, in a fixed order: facts at several evidence levels, low ones often wrong, and distractors. */
export function writeDocuments(medicine: Medicine): Passage[] {
  const random = randomStream(["world", medicine.worldSeed, "documents"]);
  return random.shuffle(
    medicine.specialties.flatMap((specialty) => [
      ...diseaseDocuments(specialty, medicine, random),
      ...mechanismDocuments(specialty, medicine, random),
      ...drugDocuments(specialty, medicine, random),
    ]),
  );
}

function diseaseDocuments(specialty: Specialty, medicine: Medicine, random: RandomStream): Passage[] {
  const mechanisms = specialty.mechanisms.map((mechanism) => mechanism.name);
  return specialty.diseases.flatMap((disease) => {
    const others = mechanisms.filter((name) => name !== disease.mechanism);
    return [
      ...factDocuments(
        specialty,
        disease.name,
        "mechanism",
        copies,
        random,
        (right) => `mechanism ${right ? disease.mechanism : random.choice(others)}`,
      ),
      ...distractors(specialty, disease.name, "epidemiology", medicine.comorbidities, random),
      ...distractors(specialty, disease.name, "prevalence", specialty.findings, random),
    ];
  });
}

function mechanismDocuments(specialty: Specialty, medicine: Medicine, random: RandomStream): Passage[] {
  const drugs = specialty.drugs.map((drug) => drug.name);
  return specialty.mechanisms.flatMap((mechanism) => {
    const others = drugs.filter((name) => name !== mechanism.firstLine);
    const treatment = (right: boolean): string => {
      const [first, second] = right ? [mechanism.firstLine, mechanism.secondLine] : random.sample(others, 2);
      return `first ${first} second ${second}`;
    };
    return [
      ...factDocuments(specialty, mechanism.name, "treatment", copies, random, treatment),
      ...distractors(specialty, mechanism.name, "epidemiology", medicine.comorbidities, random),
    ];
  });
}

function drugDocuments(specialty: Specialty, medicine: Medicine, random: RandomStream): Passage[] {
  return specialty.drugs.flatMap((drug) =>
    medicine.comorbidities.flatMap((comorbidity) => {
      const avoid = drug.contraindications.includes(comorbidity);
      const statement = (right: boolean): string => `${avoid === right ? "avoid" : "safe"} ${comorbidity}`;
      return factDocuments(specialty, drug.name, comorbidity, contraindicationCopies, random, statement);
    }),
  );
}

/** One document per entry of `plan`; `state` writes what follows the head, rightly or wrongly. */
function factDocuments(
  specialty: Specialty,
  head: string,
  topic: string,
  plan: typeof copies,
  random: RandomStream,
  state: (right: boolean) => string,
): Passage[] {
  return plan.map(({ band, right }, index) => {
    const { lowest, highest } = bandLevels(medicalScale, band);
    const level = lowest + random.integer(highest - lowest + 1);
    return document(specialty, `${head} ${topic} ${index + 1}`, `${head} ${state(random.uniform() < right)}`, level);
  });
}

/** Documents of any level that mention the head and answer nothing. */
function distractors(
  specialty: Specialty,
  head: string,
  relation: Relation,
  tails: readonly string[],
  random: RandomStream,
): Passage[] {
  return Array.from({ length: distractorsPerTopic }, (_, index) =>
    document(
      specialty,
      `${head} ${relation} ${index + 1}`,
      `${head} ${relation} ${random.choice(tails)}`,
      1 + random.integer(9),
    ),
  );
}

function document(specialty: Specialty, title: string, text: string, evidenceLevel: number): Passage {
  const id = createHash("sha256").update(`${title}\n${text}\n${evidenceLevel}`).digest("hex").slice(0, 16);
  return { id, title, text, source: specialty.name, section: null, year: null, evidenceLevel };
}
