import type { RandomStream } from "../../domain/seed.ts";
import type { Medicine, Specialty } from "../medicine.ts";
import type { Script, ScriptPart } from "./script.ts";
import { drawLevel, inventDistraction, inventStatement, sentenceOf } from "./statements.ts";
import type { DocumentedStatement, Statement, Topic } from "./statements.ts";
import { documentText } from "./wording.ts";

const exercises = 3;

/** How often a reading example trusts the higher of two levels rather than either document. */
export interface ReadingHabits {
  readonly weighsEvidence: number;
}

/** Reading comprehension: made-up documents about any thing of the world, each followed by what they say. */
export function readingExample(medicine: Medicine, habits: ReadingHabits, random: RandomStream): Script {
  return Array.from({ length: exercises }, () => exercise(medicine, habits, random)).flat();
}

function exercise(medicine: Medicine, habits: ReadingHabits, random: RandomStream): ScriptPart[] {
  const specialty = random.choice(medicine.specialties);
  const topic = random.choice(["mechanism", "treatment", "treatment", "contraindication"] as const);
  const head = random.choice(headsOf(topic, specialty));
  const comorbidity = random.choice(medicine.comorbidities);
  const first = inventStatement(topic, head, comorbidity, specialty, random);
  const second = random.uniform() < 0.4 ? first : inventStatement(topic, head, comorbidity, specialty, random);
  const levels = random.sample([1, 2, 3, 4, 5, 6, 7, 8, 9], 2);
  const about = [first, second].map(
    (statement, index): DocumentedStatement => ({ ...statement, level: levels[index] ?? 1 }),
  );
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

function headsOf(topic: Topic, { diseases, mechanisms, drugs }: Specialty): readonly string[] {
  const things = { mechanism: diseases, treatment: mechanisms, contraindication: drugs }[topic];
  return things.map((thing) => thing.name);
}
