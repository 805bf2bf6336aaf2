import { randomStream } from "../domain/seed.ts";
import type { RandomStream } from "../domain/seed.ts";
import type { Domain, NameKind } from "./domain.ts";
import { createNameMaker } from "./names.ts";

export interface Fault {
  readonly name: string;
  /** Three signs; two faults of a field share at most one. */
  readonly signs: readonly string[];
  /** Name of the cause behind it. */
  readonly cause: string;
}

export interface Cause {
  readonly name: string;
  /** Remedies by name. No circumstance rules out both. */
  readonly firstChoice: string;
  readonly secondChoice: string;
}

export interface Remedy {
  readonly name: string;
  /** Circumstances that rule it out. */
  readonly exclusions: readonly string[];
}

export interface Field {
  readonly name: string;
  readonly signs: readonly string[];
  readonly faults: readonly Fault[];
  readonly causes: readonly Cause[];
  readonly remedies: readonly Remedy[];
}

/** All that is true in one embedded world. */
export interface World {
  readonly domain: Domain;
  readonly worldSeed: number;
  readonly circumstances: readonly string[];
  readonly fields: readonly Field[];
}

/** Numbers of things in a world; per field except the first two. */
export const worldSize = {
  fields: 10,
  circumstances: 5,
  signs: 22,
  faults: 34,
  causes: 8,
  remedies: 8,
} as const;
const exclusionsPerRemedy = 2;

/** Invents what is true in one world of a domain; equal seeds give equal worlds. */
export function inventWorld(domain: Domain, worldSeed: number): World {
  const makeName = createNameMaker(domain, randomStream([domain.name, worldSeed, "names"]));
  const random = randomStream([domain.name, worldSeed, domain.streams.facts]);
  const names = (kind: NameKind, count: number): string[] => Array.from({ length: count }, () => makeName(kind));
  const circumstances = names("circumstance", worldSize.circumstances);
  const fields = names("field", worldSize.fields).map((name): Field => {
    const signs = names("sign", worldSize.signs);
    const remedies = chooseRemedies(names("remedy", worldSize.remedies), circumstances, random);
    const causes = names("cause", worldSize.causes).map((cause) => ({
      name: cause,
      ...choosePair(remedies, random),
    }));
    const signatures = chooseSignatures(signs, worldSize.faults, random);
    const faults = signatures.map((signature) => ({
      name: makeName("fault"),
      signs: signature,
      cause: random.choice(causes).name,
    }));
    return { name, signs, faults, causes, remedies };
  });
  return { domain, worldSeed, circumstances, fields };
}

/** Remedies with random exclusions; the second has none of the first's, so that every field has a remedy. */
function chooseRemedies(names: readonly string[], circumstances: readonly string[], random: RandomStream): Remedy[] {
  const remedies: Remedy[] = [];
  for (const name of names) {
    const excluded = remedies.length === 1 ? (remedies[0]?.exclusions ?? []) : [];
    const possible = circumstances.filter((circumstance) => !excluded.includes(circumstance));
    remedies.push({ name, exclusions: random.sample(possible, exclusionsPerRemedy) });
  }
  return remedies;
}

/** Two remedies without a common exclusion. */
function choosePair(remedies: readonly Remedy[], random: RandomStream): Pick<Cause, "firstChoice" | "secondChoice"> {
  const complements = (a: Remedy, b: Remedy): boolean =>
    !a.exclusions.some((circumstance) => b.exclusions.includes(circumstance));
  const pairs = remedies.flatMap((a) =>
    remedies.filter((b) => complements(a, b)).map((b) => [a.name, b.name] as const),
  );
  const [firstChoice, secondChoice] = random.choice(pairs);
  return { firstChoice, secondChoice };
}

/** Sets of three signs, any two of which share at most one, so that signs identify the fault. */
function chooseSignatures(signs: readonly string[], count: number, random: RandomStream): string[][] {
  const signatures: string[][] = [];
  for (let attempt = 0; attempt < 100_000 && signatures.length < count; attempt++) {
    const candidate = random.sample(signs, 3);
    const shared = (other: readonly string[]): number => candidate.filter((sign) => other.includes(sign)).length;
    if (signatures.every((other) => shared(other) < 2)) signatures.push(candidate);
  }
  if (signatures.length < count) throw new Error("too few distinct signatures; use another world seed");
  return signatures;
}

/** The entry of a list by name; a missing name is a bug in the world, so it throws. */
export function byName<T extends { readonly name: string }>(items: readonly T[], name: string): T {
  const found = items.find((item) => item.name === name);
  if (found === undefined) throw new RangeError(`the world has no "${name}" here`);
  return found;
}
