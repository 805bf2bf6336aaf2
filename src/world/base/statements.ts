import { bandLevels } from "../../domain/evidenceScale.ts";
import type { EvidenceScale } from "../../domain/evidenceScale.ts";
import type { Passage } from "../../domain/passage.ts";
import type { RandomStream } from "../../domain/seed.ts";
import type { DomainWords } from "../domain.ts";
import { layersOf } from "../facts.ts";
import type { Field, World } from "../facts.ts";

/** The kinds of fact that a question needs ("link": from one cause to the next in a longer chain); each kind of line that must be read from documents belongs to one. */
export type Topic = "cause" | "link" | "remedies" | "exclusion";

/** Where an example takes place. */
export interface Scene {
  readonly world: World;
  readonly field: Field;
  readonly circumstance: string;
}

/** What a document or a memory says about a head: relation–tail pairs, two for remedies. */
export interface Statement {
  readonly head: string;
  readonly pairs: readonly (readonly [relation: string, tail: string])[];
}

/** A statement with the level of the document it stands in. */
export interface DocumentedStatement extends Statement {
  readonly level: number;
}

/** A made-up statement about a head, as a guess or for a made-up document. */
export function inventStatement(
  topic: Topic,
  head: string,
  { world, field, circumstance }: Scene,
  random: RandomStream,
): Statement {
  const { words } = world.domain;
  if (topic === "cause") return { head, pairs: [[words.cause, random.choice(layersOf(field)[0] ?? [])]] };
  if (topic === "link") return { head, pairs: [[words.leads ?? "", random.choice(layerBehind(field, head))]] };
  if (topic === "exclusion") return { head, pairs: [[random.choice([words.avoid, words.safe]), circumstance]] };
  const [first, second] = random.sample(field.remedies, 2).map((remedy) => remedy.name);
  return {
    head,
    pairs: [
      [words.first, first ?? ""],
      [words.second, second ?? ""],
    ],
  };
}

/** The names that a link may lead to. */
function layerBehind(field: Field, link: string): readonly string[] {
  const layers = layersOf(field);
  return layers[layers.findIndex((layer) => layer.includes(link)) + 1] ?? [];
}

/** A statement that answers none of the topics, as distractor documents make. */
export function inventDistraction(head: string, world: World, field: Field, random: RandomStream): Statement {
  const { asides } = world.domain.words;
  const relation = random.choice(asides);
  return { head, pairs: [[relation, random.choice(relation === asides[0] ? world.circumstances : field.signs)]] };
}

/** What a search shows beside a remedy's check: half the time the same remedy in another circumstance, which says nothing of the one that is asked about. */
export function inventNeighbour(topic: Topic, head: string, scene: Scene, random: RandomStream): Statement {
  const others = scene.world.circumstances.filter((circumstance) => circumstance !== scene.circumstance);
  return topic === "exclusion" && random.uniform() < 0.5
    ? inventStatement(topic, head, { ...scene, circumstance: random.choice(others) }, random)
    : inventDistraction(head, scene.world, scene.field, random);
}

/** True when a statement is about one of the topics, not a distraction. */
export function isInformative({ pairs }: Statement, { asides }: DomainWords): boolean {
  return pairs.every(([relation]) => !asides.includes(relation));
}

/** The statement of the highest level; the first of several. There must be one. */
export function strongest(statements: readonly DocumentedStatement[]): DocumentedStatement {
  return statements.reduce((best, statement) => (statement.level > best.level ? statement : best));
}

/** A random level, within a band when one is given. */
export function drawLevel(scale: EvidenceScale, band: string | null, random: RandomStream): number {
  const { lowest, highest } = levelsOf(scale, band);
  return lowest + random.integer(highest - lowest + 1);
}

/** The levels of a band; all where none is given. */
export function levelsOf(
  scale: EvidenceScale,
  band: string | null,
): { readonly lowest: number; readonly highest: number } {
  return band === null ? { lowest: 1, highest: scale.levels.length } : bandLevels(scale, band);
}

/** A statement's words, without the closing full stop: "c first a second b". */
export function statementText({ head, pairs }: Statement): string {
  return [head, ...pairs.flat()].join(" ");
}

/** One of a statement's pairs as a sentence. */
export function sentenceOf({ head, pairs }: Statement, pair: number): string {
  const said = pairs[pair];
  if (said === undefined) throw new RangeError(`"${head}" has no ${pair + 1}. statement`);
  return `${head} ${said.join(" ")} .`;
}

/** The passage a documented statement stands in, for rendering a document block. */
export function asPassage(statement: DocumentedStatement): Passage {
  const text = statementText(statement);
  return { id: text, title: text, text, source: "", section: null, year: null, evidenceLevel: statement.level };
}
