import { bandLevels } from "../../domain/evidenceScale.ts";
import { medicalScale } from "../../tasks/medical/evidenceScale.ts";
import type { Passage } from "../../domain/passage.ts";
import type { RandomStream } from "../../domain/seed.ts";
import { worldExtractor } from "../extractor.ts";
import { isRelation } from "../vocabulary.ts";
import { byName } from "../medicine.ts";
import type { Medicine, Specialty } from "../medicine.ts";
import { drawLevel, inventDistraction, inventStatement } from "./statements.ts";
import type { DocumentedStatement, Statement, Topic } from "./statements.ts";

/** Passages shown for a search. */
export const passagesShown = 2;

/** Where a writer's documents and memories come from. */
export interface EvidenceSource {
  /** What a search for a fact shows; a band limits it. */
  about(topic: Topic, head: string, band: string | null): readonly DocumentedStatement[];
  /** What a search beside the point shows. */
  beside(head: string): readonly DocumentedStatement[];
  /** The remembered fact; null when it was never taught. */
  remember(topic: Topic, head: string): Statement | null;
}

/** Documents made up for this one example: reading them is the only way to know. Two of three times they agree. */
export function inventedEvidence(
  medicine: Medicine,
  specialty: Specialty,
  comorbidity: string,
  random: RandomStream,
): EvidenceSource {
  return {
    about: (topic, head, band) => {
      const first = inventStatement(topic, head, comorbidity, specialty, random);
      const second = random.uniform() < 0.5 ? first : inventStatement(topic, head, comorbidity, specialty, random);
      return [first, second].map((statement) => ({ ...statement, level: drawLevel(band, random) }));
    },
    beside: (head) =>
      Array.from({ length: passagesShown }, () => {
        const about = random.choice([head, random.choice(specialty.diseases).name]);
        return { ...inventDistraction(about, medicine, specialty, random), level: drawLevel(null, random) };
      }),
    remember: () => null,
  };
}

/** The world's own documents and facts. */
export function worldEvidence(
  library: Library,
  medicine: Medicine,
  specialty: Specialty,
  comorbidity: string,
  random: RandomStream,
): EvidenceSource {
  const topicWord = (topic: Topic): string => (topic === "contraindication" ? comorbidity : topic);
  return {
    about: (topic, head, band) => draw(library.get(`${head} ${topicWord(topic)}`) ?? [], band, random),
    beside: (head) =>
      draw(
        ["epidemiology", "prevalence"].flatMap((relation) => library.get(`${head} ${relation}`) ?? []),
        null,
        random,
      ),
    remember: (topic, head) => fact(topic, head, comorbidity, specialty),
  };
}

function fact(topic: Topic, head: string, comorbidity: string, specialty: Specialty): Statement {
  if (topic === "mechanism") return { head, pairs: [["mechanism", byName(specialty.diseases, head).mechanism]] };
  if (topic === "treatment") {
    const { firstLine, secondLine } = byName(specialty.mechanisms, head);
    return {
      head,
      pairs: [
        ["first", firstLine],
        ["second", secondLine],
      ],
    };
  }
  return {
    head,
    pairs: [[byName(specialty.drugs, head).contraindications.includes(comorbidity) ? "avoid" : "safe", comorbidity]],
  };
}

/** What the corpus states, by head and topic word ("d mechanism", "m treatment", "drug comorbidity"). */
export type Library = ReadonlyMap<string, readonly DocumentedStatement[]>;

/** Reads a world's passages into a library; their titles are "head topic number". */
export function readLibrary(passages: readonly Passage[]): Library {
  const library = new Map<string, DocumentedStatement[]>();
  for (const { title, text, evidenceLevel } of passages) {
    const triples = worldExtractor.extract(text) ?? [];
    const pairs = triples.flatMap(({ relation, tail }) => (isRelation(relation) ? [[relation, tail] as const] : []));
    const key = title.replace(/ \d+$/, "");
    const statement = { head: triples[0]?.head ?? "", pairs, level: evidenceLevel ?? 1 };
    library.set(key, [...(library.get(key) ?? []), statement]);
  }
  return library;
}

function draw(
  statements: readonly DocumentedStatement[],
  band: string | null,
  random: RandomStream,
): DocumentedStatement[] {
  const { lowest, highest } = band === null ? { lowest: 1, highest: 9 } : bandLevels(medicalScale, band);
  const fitting = statements.filter(({ level }) => level >= lowest && level <= highest);
  return random.shuffle(fitting).slice(0, passagesShown);
}
