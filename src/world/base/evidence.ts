import type { EvidenceScale } from "../../domain/evidenceScale.ts";
import type { Passage } from "../../domain/passage.ts";
import type { RandomStream } from "../../domain/seed.ts";
import { createExtractor } from "../extractor.ts";
import type { Domain } from "../domain.ts";
import { byName } from "../facts.ts";
import { drawLevel, inventDistraction, inventNeighbour, inventStatement, levelsOf } from "./statements.ts";
import type { DocumentedStatement, Scene, Statement, Topic } from "./statements.ts";

/** Passages shown for a search. */
export const passagesShown = 2;

/** Where a writer's documents and memories come from. */
export interface EvidenceSource {
  /** What a search for a fact shows; a band limits it. Statements about other heads answer nothing. */
  about(topic: Topic, head: string, band: string | null): readonly DocumentedStatement[];
  /** What a search beside the point shows. */
  beside(head: string): readonly DocumentedStatement[];
  /** The remembered fact; null when it was never taught. */
  remember(topic: Topic, head: string): Statement | null;
}

/** Documents made up for this one example: reading them is the only way to know. Beside a check stands, one time in four, one of another circumstance. */
export function inventedEvidence(scene: Scene, random: RandomStream): EvidenceSource {
  const { world, field } = scene;
  const { scale } = world.domain;
  return {
    about: (topic, head, band) => {
      const first = inventStatement(topic, head, scene, random);
      const second = random.uniform() < 0.5 ? first : inventStatement(topic, head, scene, random);
      const beside = topic === "exclusion" ? inventNeighbour(topic, head, scene, random) : second;
      return random
        .shuffle([first, random.uniform() < 0.5 ? second : beside])
        .map((statement) => ({ ...statement, level: drawLevel(scale, band, random) }));
    },
    beside: (head) =>
      Array.from({ length: passagesShown }, () => {
        const about = random.choice([head, random.choice(field.faults).name]);
        return { ...inventDistraction(about, world, field, random), level: drawLevel(scale, null, random) };
      }),
    remember: () => null,
  };
}

/** Share of the examples of a world with silent fields in which nothing is found; whichever field they are about, so that no name tells. */
export const silentShare = 0.25;

/** A corpus that has nothing about the fault: a search for it shows what is said of others. */
export function silentEvidence(scene: Scene, random: RandomStream): EvidenceSource {
  const { scale } = scene.world.domain;
  const others = (head: string): string[] => scene.field.faults.map(({ name }) => name).filter((name) => name !== head);
  return {
    about: (_, head, band) =>
      random.sample(others(head), passagesShown).map((other) => ({
        ...inventStatement("cause", other, scene, random),
        level: drawLevel(scale, band, random),
      })),
    beside: (head) =>
      random.sample(others(head), passagesShown).map((other) => ({
        ...inventDistraction(other, scene.world, scene.field, random),
        level: drawLevel(scale, null, random),
      })),
    remember: () => null,
  };
}

/** The world's own documents and facts. */
export function worldEvidence(library: Library, scene: Scene, random: RandomStream): EvidenceSource {
  const { words, scale } = scene.world.domain;
  const topicWord = (topic: Topic): string =>
    ({ cause: words.cause, link: words.leads ?? "", remedies: words.remedies, exclusion: scene.circumstance })[topic];
  return {
    about: (topic, head, band) => draw(library.get(`${head} ${topicWord(topic)}`) ?? [], scale, band, random),
    beside: (head) =>
      draw(
        words.asides.flatMap((relation) => library.get(`${head} ${relation}`) ?? []),
        scale,
        null,
        random,
      ),
    remember: (topic, head) => fact(topic, head, scene),
  };
}

function fact(topic: Topic, head: string, { world, field, circumstance }: Scene): Statement {
  const { words } = world.domain;
  if (topic === "cause") return { head, pairs: [[words.cause, byName(field.faults, head).cause]] };
  if (topic === "link") return { head, pairs: [[words.leads ?? "", byName(field.links.flat(), head).leadsTo]] };
  if (topic === "remedies") {
    const { firstChoice, secondChoice } = byName(field.causes, head);
    return {
      head,
      pairs: [
        [words.first, firstChoice],
        [words.second, secondChoice],
      ],
    };
  }
  return {
    head,
    pairs: [[byName(field.remedies, head).exclusions.includes(circumstance) ? words.avoid : words.safe, circumstance]],
  };
}

/** What the corpus states, by head and topic word ("fault cause", "cause remedies", "remedy circumstance", each by its word). */
export type Library = ReadonlyMap<string, readonly DocumentedStatement[]>;

/** Reads a world's passages into a library; their titles are "head topic number". */
export function readLibrary(domain: Domain, passages: readonly Passage[]): Library {
  const extractor = createExtractor(domain);
  const library = new Map<string, DocumentedStatement[]>();
  for (const { title, text, evidenceLevel } of passages) {
    const triples = extractor.extract(text) ?? [];
    const pairs = triples.map(({ relation, tail }) => [relation, tail] as const);
    const key = title.replace(/ \d+$/, "");
    const statement = { head: triples[0]?.head ?? "", pairs, level: evidenceLevel ?? 1 };
    library.set(key, [...(library.get(key) ?? []), statement]);
  }
  return library;
}

function draw(
  statements: readonly DocumentedStatement[],
  scale: EvidenceScale,
  band: string | null,
  random: RandomStream,
): DocumentedStatement[] {
  const { lowest, highest } = levelsOf(scale, band);
  const fitting = statements.filter(({ level }) => level >= lowest && level <= highest);
  return random.shuffle(fitting).slice(0, passagesShown);
}
