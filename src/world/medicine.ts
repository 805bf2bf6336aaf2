import { randomStream } from "../domain/seed.ts";
import type { RandomStream } from "../domain/seed.ts";
import { createNameMaker } from "./names.ts";
import type { NameKind } from "./names.ts";

export interface Disease {
  readonly name: string;
  /** Three findings; two diseases of a specialty share at most one. */
  readonly findings: readonly string[];
  /** Name of the mechanism behind it. */
  readonly mechanism: string;
}

export interface Mechanism {
  readonly name: string;
  /** Drugs by name. No comorbidity rules out both. */
  readonly firstLine: string;
  readonly secondLine: string;
}

export interface Drug {
  readonly name: string;
  /** Comorbidities that rule it out. */
  readonly contraindications: readonly string[];
}

export interface Specialty {
  readonly name: string;
  readonly findings: readonly string[];
  readonly diseases: readonly Disease[];
  readonly mechanisms: readonly Mechanism[];
  readonly drugs: readonly Drug[];
}

/** All that is true in one embedded world. */
export interface Medicine {
  readonly worldSeed: number;
  readonly comorbidities: readonly string[];
  readonly specialties: readonly Specialty[];
}

/** Numbers of things in a world; per specialty except the first two. */
export const worldSize = {
  specialties: 10,
  comorbidities: 5,
  findings: 22,
  diseases: 34,
  mechanisms: 8,
  drugs: 8,
} as const;
const contraindicationsPerDrug = 2;

/** Invents the medicine of one world; equal seeds give equal worlds. */
export function inventMedicine(worldSeed: number): Medicine {
  const makeName = createNameMaker(randomStream(["world", worldSeed, "names"]));
  const random = randomStream(["world", worldSeed, "medicine"]);
  const names = (kind: NameKind, count: number): string[] => Array.from({ length: count }, () => makeName(kind));
  const comorbidities = names("comorbidity", worldSize.comorbidities);
  const specialties = names("specialty", worldSize.specialties).map((name): Specialty => {
    const findings = names("finding", worldSize.findings);
    const drugs = chooseDrugs(names("drug", worldSize.drugs), comorbidities, random);
    const mechanisms = names("mechanism", worldSize.mechanisms).map((mechanism) => ({
      name: mechanism,
      ...chooseTreatment(drugs, random),
    }));
    const syndromes = chooseSyndromes(findings, worldSize.diseases, random);
    const diseases = syndromes.map((syndrome) => ({
      name: makeName("disease"),
      findings: syndrome,
      mechanism: random.choice(mechanisms).name,
    }));
    return { name, findings, diseases, mechanisms, drugs };
  });
  return { worldSeed, comorbidities, specialties };
}

/** Drugs with random contraindications; the second has none of the first's, so that every specialty has a treatment. */
function chooseDrugs(names: readonly string[], comorbidities: readonly string[], random: RandomStream): Drug[] {
  const drugs: Drug[] = [];
  for (const name of names) {
    const excluded = drugs.length === 1 ? (drugs[0]?.contraindications ?? []) : [];
    const possible = comorbidities.filter((comorbidity) => !excluded.includes(comorbidity));
    drugs.push({ name, contraindications: random.sample(possible, contraindicationsPerDrug) });
  }
  return drugs;
}

/** Two drugs without a common contraindication. */
function chooseTreatment(drugs: readonly Drug[], random: RandomStream): Pick<Mechanism, "firstLine" | "secondLine"> {
  const complements = (a: Drug, b: Drug): boolean =>
    !a.contraindications.some((comorbidity) => b.contraindications.includes(comorbidity));
  const pairs = drugs.flatMap((a) => drugs.filter((b) => complements(a, b)).map((b) => [a.name, b.name] as const));
  const [firstLine, secondLine] = random.choice(pairs);
  return { firstLine, secondLine };
}

/** Sets of three findings, any two of which share at most one, so that findings identify the disease. */
function chooseSyndromes(findings: readonly string[], count: number, random: RandomStream): string[][] {
  const syndromes: string[][] = [];
  for (let attempt = 0; attempt < 100_000 && syndromes.length < count; attempt++) {
    const candidate = random.sample(findings, 3);
    const shared = (other: readonly string[]): number => candidate.filter((finding) => other.includes(finding)).length;
    if (syndromes.every((other) => shared(other) < 2)) syndromes.push(candidate);
  }
  if (syndromes.length < count) throw new Error("too few distinct syndromes; use another world seed");
  return syndromes;
}

/** The entry of a list by name; a missing name is a bug in the world, so it throws. */
export function byName<T extends { readonly name: string }>(items: readonly T[], name: string): T {
  const found = items.find((item) => item.name === name);
  if (found === undefined) throw new RangeError(`the world has no "${name}" here`);
  return found;
}
