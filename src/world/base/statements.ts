import { bandLevels } from "../../domain/evidenceScale.ts";
import { medicalScale } from "../../tasks/medical/evidenceScale.ts";
import type { Passage } from "../../domain/passage.ts";
import type { RandomStream } from "../../domain/seed.ts";
import type { Medicine, Specialty } from "../medicine.ts";
import type { Relation } from "../vocabulary.ts";

/** The three kinds of fact that a question needs; each kind of line that must be read from documents belongs to one. */
export type Topic = "mechanism" | "treatment" | "contraindication";

/** What a document or a memory says about a head: relation–tail pairs, two for a treatment. */
export interface Statement {
  readonly head: string;
  readonly pairs: readonly (readonly [Relation, string])[];
}

/** A statement with the evidence level of the document it stands in. */
export interface DocumentedStatement extends Statement {
  readonly level: number;
}

/** A made-up statement about a head, as a guess or for a made-up document. */
export function inventStatement(
  topic: Topic,
  head: string,
  comorbidity: string,
  specialty: Specialty,
  random: RandomStream,
): Statement {
  if (topic === "mechanism") return { head, pairs: [["mechanism", random.choice(specialty.mechanisms).name]] };
  if (topic === "contraindication") return { head, pairs: [[random.choice(["avoid", "safe"] as const), comorbidity]] };
  const [first, second] = random.sample(specialty.drugs, 2).map((drug) => drug.name);
  return {
    head,
    pairs: [
      ["first", first ?? ""],
      ["second", second ?? ""],
    ],
  };
}

/** A statement that answers none of the three topics, as distractor documents make. */
export function inventDistraction(
  head: string,
  medicine: Medicine,
  specialty: Specialty,
  random: RandomStream,
): Statement {
  const relation = random.choice(["epidemiology", "prevalence"] as const);
  return {
    head,
    pairs: [[relation, random.choice(relation === "epidemiology" ? medicine.comorbidities : specialty.findings)]],
  };
}

/** True when a statement is about one of the three topics, not a distraction. */
export function isInformative({ pairs }: Statement): boolean {
  return pairs.every(([relation]) => relation !== "epidemiology" && relation !== "prevalence");
}

/** A random level, within a band when one is given. */
export function drawLevel(band: string | null, random: RandomStream): number {
  const { lowest, highest } = band === null ? { lowest: 1, highest: 9 } : bandLevels(medicalScale, band);
  return lowest + random.integer(highest - lowest + 1);
}

/** A statement's words, without the closing full stop: "m first a second b". */
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
