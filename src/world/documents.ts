import { createHash } from "node:crypto";
import { bandLevels } from "../domain/evidenceScale.ts";
import type { Passage } from "../domain/passage.ts";
import { randomStream } from "../domain/seed.ts";
import type { RandomStream } from "../domain/seed.ts";
import { threeBands } from "./domain.ts";
import { layersOf } from "./facts.ts";
import type { Field, World } from "./facts.ts";

/** Documents about one fact: the place of their band among the scale's, the most trusted first, and how often they are right; null: as the regime says. */
const copies = [
  { band: 0, right: 1 },
  { band: 1, right: 0.6 },
  { band: 2, right: null },
  { band: 2, right: null },
] as const;
const exclusionCopies = copies.filter((_, index) => index === 0 || index === 2);
const distractorsPerTopic = 2;

/** Title of the most trusted document about a fact, the one a good retrieval finds. */
export function goldTitle(head: string, topic: string): string {
  return `${head} ${topic} 1`;
}

/** The whole corpus of a world, in a fixed order: facts at several levels, low ones often wrong, and distractors. Silent fields have none. */
export function writeDocuments(world: World): Passage[] {
  const random = randomStream([world.domain.name, world.worldSeed, "documents"]);
  return random.shuffle(
    world.fields
      .filter(({ silent }) => !silent)
      .flatMap((field) => [
        ...faultDocuments(world, field, random),
        ...linkDocuments(world, field, random),
        ...causeDocuments(world, field, random),
        ...remedyDocuments(world, field, random),
      ]),
  );
}

function faultDocuments(world: World, field: Field, random: RandomStream): Passage[] {
  const { words } = world.domain;
  const [ofCircumstances, ofSigns] = words.asides;
  const causes = layersOf(field)[0] ?? [];
  return field.faults.flatMap((fault) => {
    return [
      ...leadDocuments(
        world,
        field,
        { beginning: `${fault.name} ${words.cause}`, tail: fault.cause, layer: causes },
        random,
      ),
      ...distractors(world, field, `${fault.name} ${ofCircumstances}`, world.circumstances, random),
      ...distractors(world, field, `${fault.name} ${ofSigns}`, field.signs, random),
    ];
  });
}

function linkDocuments(world: World, field: Field, random: RandomStream): Passage[] {
  const { leads = "", asides } = world.domain.words;
  return field.links.flatMap((layer, index) => {
    const next = layersOf(field)[index + 1] ?? [];
    return layer.flatMap(({ name, leadsTo }) => {
      return [
        ...leadDocuments(world, field, { beginning: `${name} ${leads}`, tail: leadsTo, layer: next }, random),
        ...distractors(world, field, `${name} ${asides[0]}`, world.circumstances, random),
      ];
    });
  });
}

/** A step towards the cause that is remedied: wrong documents name another one of its layer. */
interface Lead {
  /** The head and the relation. */
  readonly beginning: string;
  readonly tail: string;
  readonly layer: readonly string[];
}

function leadDocuments(world: World, field: Field, { beginning, tail, layer }: Lead, random: RandomStream): Passage[] {
  const others = layer.filter((name) => name !== tail);
  const statement = (right: boolean): string => `${beginning} ${right ? tail : random.choice(others)}`;
  return factDocuments(world, field, beginning, copies, random, statement);
}

function causeDocuments(world: World, field: Field, random: RandomStream): Passage[] {
  const { words } = world.domain;
  const remedies = field.remedies.map((remedy) => remedy.name);
  return field.causes.flatMap((cause) => {
    const others = remedies.filter((name) => name !== cause.firstChoice);
    const statement = (right: boolean): string => {
      const [first, second] = right ? [cause.firstChoice, cause.secondChoice] : random.sample(others, 2);
      return `${cause.name} ${words.first} ${first} ${words.second} ${second}`;
    };
    return [
      ...factDocuments(world, field, `${cause.name} ${words.remedies}`, copies, random, statement),
      ...distractors(world, field, `${cause.name} ${words.asides[0]}`, world.circumstances, random),
    ];
  });
}

function remedyDocuments(world: World, field: Field, random: RandomStream): Passage[] {
  const { avoid, safe } = world.domain.words;
  return field.remedies.flatMap((remedy) =>
    world.circumstances.flatMap((circumstance) => {
      const isExcluded = remedy.exclusions.includes(circumstance);
      const statement = (right: boolean): string =>
        `${remedy.name} ${isExcluded === right ? avoid : safe} ${circumstance}`;
      return factDocuments(world, field, `${remedy.name} ${circumstance}`, exclusionCopies, random, statement);
    }),
  );
}

/** One document per entry of `plan`; `state` writes what it says, rightly or wrongly. */
function factDocuments(
  world: World,
  field: Field,
  title: string,
  plan: readonly (typeof copies)[number][],
  random: RandomStream,
  state: (right: boolean) => string,
): Passage[] {
  return plan.map(({ band, right }, index) => {
    const { lowest, highest } = bandLevels(world.domain.scale, threeBands(world.domain)[band]);
    const level = lowest + random.integer(highest - lowest + 1);
    return document(
      field,
      `${title} ${index + 1}`,
      state(random.uniform() < (right ?? 1 - world.regime.misleading)),
      level,
    );
  });
}

/** Documents of any level that mention a head and answer nothing; `beginning` is the head and the relation. */
function distractors(
  world: World,
  field: Field,
  beginning: string,
  tails: readonly string[],
  random: RandomStream,
): Passage[] {
  return Array.from({ length: distractorsPerTopic }, (_, index) =>
    document(
      field,
      `${beginning} ${index + 1}`,
      `${beginning} ${random.choice(tails)}`,
      1 + random.integer(world.domain.scale.levels.length),
    ),
  );
}

function document(field: Field, title: string, text: string, evidenceLevel: number): Passage {
  const id = createHash("sha256").update(`${title}\n${text}\n${evidenceLevel}`).digest("hex").slice(0, 16);
  return { id, title, text, source: field.name, section: null, year: null, evidenceLevel };
}
