import { randomStream } from "../domain/seed.ts";
import type { RandomStream } from "../domain/seed.ts";
import type { Domain, NameKind } from "./domain.ts";
import { createNameMaker } from "./names.ts";
import { defaultRegime, shortestChain, type Regime } from "./regime.ts";

export interface Fault {
  readonly name: string;
  /** Three signs; two faults of a field share at most one. */
  readonly signs: readonly string[];
  /** Name of the cause behind it; in a longer chain of the first link. */
  readonly cause: string;
}

/** What leads on, in a longer chain, to the next link or to the cause that is remedied. */
export interface Link {
  readonly name: string;
  readonly leadsTo: string;
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
  /** Between faults and causes, the first layer first; none in the shortest chain. */
  readonly links: readonly (readonly Link[])[];
  /** Those that have remedies. */
  readonly causes: readonly Cause[];
  readonly remedies: readonly Remedy[];
  /** No document is about it: abstaining is right. */
  readonly silent: boolean;
}

/** All that is true in one embedded world. */
export interface World {
  readonly domain: Domain;
  readonly worldSeed: number;
  readonly regime: Regime;
  readonly circumstances: readonly string[];
  readonly fields: readonly Field[];
}

/** Numbers of things in a world; per field except the first three. */
export const worldSize = {
  fields: 10,
  /** The first ones; one more serves validation, the others are held out. */
  trainingFields: 6,
  circumstances: 5,
  signs: 22,
  faults: 34,
  causes: 8,
  remedies: 8,
} as const;
const exclusionsPerRemedy = 2;

/** Invents what is true in one world of a domain; equal seeds and regimes give equal worlds. */
export function inventWorld(domain: Domain, worldSeed: number, regime: Regime = defaultRegime): World {
  const makeName = createNameMaker(domain, randomStream([domain.name, worldSeed, "names"]));
  const random = randomStream([domain.name, worldSeed, domain.streams.facts]);
  const names = (kind: NameKind, count: number): string[] => Array.from({ length: count }, () => makeName(kind));
  const circumstances = names("circumstance", worldSize.circumstances);
  if (regime.hops > shortestChain && domain.words.leads === undefined)
    throw new RangeError(`the domain ${domain.name} has no word for chains of ${regime.hops} facts`);
  const silent = chooseSilent(domain, worldSeed, regime.silentFields);
  const fields = names("field", worldSize.fields).map((name, index): Field => {
    const signs = names("sign", worldSize.signs);
    const remedies = chooseRemedies(names("remedy", worldSize.remedies), circumstances, random);
    const causes = names("cause", worldSize.causes).map((cause) => ({
      name: cause,
      ...choosePair(remedies, random),
    }));
    const links = chooseLinks(
      Array.from({ length: regime.hops - shortestChain }, () => names("cause", worldSize.causes)),
      causes.map((cause) => cause.name),
      random,
    );
    const [first = []] = layersOf({ links, causes });
    const signatures = chooseSignatures(signs, worldSize.faults, random);
    const faults = signatures.map((signature) => ({
      name: makeName("fault"),
      signs: signature,
      cause: random.choice(first),
    }));
    return { name, signs, faults, links, causes, remedies, silent: silent.has(index) };
  });
  return { domain, worldSeed, regime, circumstances, fields };
}

/** Indices of the fields that the corpus is silent about: of those for training and of those held out the same share, rounded up. */
function chooseSilent({ name }: Domain, worldSeed: number, share: number): ReadonlySet<number> {
  const random = randomStream([name, worldSeed, "silent"]);
  const all = Array.from({ length: worldSize.fields }, (_, index) => index);
  const groups = [all.slice(0, worldSize.trainingFields), all.slice(worldSize.trainingFields + 1)];
  return new Set(groups.flatMap((group) => random.sample(group, Math.ceil(share * group.length))));
}

/** Leads each link of a layer to one of the next, those of the last layer to causes. */
function chooseLinks(
  layers: readonly (readonly string[])[],
  causes: readonly string[],
  random: RandomStream,
): Link[][] {
  return layers.map((layer, index) =>
    layer.map((name) => ({ name, leadsTo: random.choice(layers[index + 1] ?? causes) })),
  );
}

/** Names on the way from faults to remedies, by layer: what faults have first, what is remedied last. */
export function layersOf({ links, causes }: Pick<Field, "links" | "causes">): readonly (readonly string[])[] {
  return [...links.map((layer) => layer.map(({ name }) => name)), causes.map(({ name }) => name)];
}

/** The names that lead from a fault to the cause that is remedied, which is the last. */
export function pathOf({ links }: Pick<Field, "links">, { cause }: Pick<Fault, "cause">): readonly string[] {
  const path = [cause];
  for (const layer of links) path.push(byName(layer, path.at(-1) ?? "").leadsTo);
  return path;
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
