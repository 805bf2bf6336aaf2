import type { RandomStream } from "../../domain/seed.ts";
import type { Medicine, Specialty } from "../medicine.ts";
import type { Script, ScriptPart } from "./script.ts";
import { drawLevel, inventDistraction, inventStatement } from "./statements.ts";
import type { DocumentedStatement, Statement, Topic } from "./statements.ts";
import { documentText } from "./wording.ts";

const exercises = 3;
/** Share of exercises that read two documents in a chain. */
const chainShare = 0.35;

/** How often a reading example trusts the higher of two levels rather than either document. */
export interface ReadingHabits {
  readonly weighsEvidence: number;
}

/** Reading comprehension: made-up documents about any thing of the world, or findings about a treatment, each followed by what they say. */
export function readingExample(medicine: Medicine, habits: ReadingHabits, random: RandomStream): Script {
  return Array.from({ length: exercises }, () => (random.uniform() < chainShare ? decision(medicine, random) : documents(medicine, habits, random))).flat();
}

/** Made-up documents about a treatment and about its first line, each read, and the answer that follows. */
function decision(medicine: Medicine, random: RandomStream): ScriptPart[] {
  const specialty = random.choice(medicine.specialties);
  const treatment = inventStatement("treatment", random.choice(specialty.mechanisms).name, "", specialty, random);
  const [firstLine = "", secondLine = ""] = treatment.pairs.map(([, drug]) => drug);
  const check = inventStatement("contraindication", firstLine, random.choice(medicine.comorbidities), specialty, random);
  const beside = (head: string): DocumentedStatement => ({ ...inventDistraction(head, medicine, specialty, random), level: drawLevel(null, random) });
  const page = (statement: Statement): ScriptPart => shown(random.shuffle([{ ...statement, level: drawLevel(null, random) }, beside(statement.head)]));
  const say = (text: string): ScriptPart => ({ author: "model", text });
  const avoid = check.pairs[0]?.[0] === "avoid";
  return [
    page(treatment), say(sentenceOf(treatment, 0)),
    page(check), say(sentenceOf(check, 0)),
    ...(avoid ? [say(sentenceOf(treatment, 1))] : []), say(`</think> <answer> ${avoid ? secondLine : firstLine} </answer>`),
  ];
}

function documents(medicine: Medicine, habits: ReadingHabits, random: RandomStream): ScriptPart[] {
  const specialty = random.choice(medicine.specialties);
  const topic = random.choice(["mechanism", "treatment", "contraindication", "contraindication"] as const);
  const head = random.choice(headsOf(topic, specialty));
  const comorbidity = random.choice(medicine.comorbidities);
  const first = inventStatement(topic, head, comorbidity, specialty, random);
  const second = random.uniform() < 0.4 ? first : inventStatement(topic, head, comorbidity, specialty, random);
  const levels = random.sample([1, 2, 3, 4, 5, 6, 7, 8, 9], 2);
  const about = [first, second].map((statement, index): DocumentedStatement => ({ ...statement, level: levels[index] ?? 1 }));
  const [better, worse] = about.toSorted((a, b) => b.level - a.level);
  if (better === undefined || worse === undefined) throw new Error("an exercise has two documents");
  if (random.uniform() < 0.5) {
    const distraction = { ...inventDistraction(head, medicine, specialty, random), level: drawLevel(null, random) };
    return [shown(random.shuffle([better, distraction])), said(better, random)];
  }
  return [shown(about), said(random.uniform() < habits.weighsEvidence ? better : random.choice(about), random)];
}

function shown(documents: readonly DocumentedStatement[]): ScriptPart {
  return { author: "environment", text: documentText(documents) };
}

/** One of the things that the statement says. */
function said(statement: Statement, random: RandomStream): ScriptPart {
  return { author: "model", text: sentenceOf(statement, random.integer(statement.pairs.length)) };
}

function sentenceOf({ head, pairs }: Statement, pair: number): string {
  return `${head} ${pairs[pair]?.join(" ") ?? ""} .`;
}

function headsOf(topic: Topic, { diseases, mechanisms, drugs }: Specialty): readonly string[] {
  const things = { mechanism: diseases, treatment: mechanisms, contraindication: drugs }[topic];
  return things.map((thing) => thing.name);
}
