import type { EvidenceScale } from "../../domain/evidenceScale.ts";
import type { RandomStream } from "../../domain/seed.ts";
import type { Field, World } from "../facts.ts";
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
export function readingExample(world: World, habits: ReadingHabits, random: RandomStream): Script {
  return Array.from({ length: exercises }, () => exercise(world, habits, random)).flat();
}

function exercise(world: World, habits: ReadingHabits, random: RandomStream): ScriptPart[] {
  const { scale } = world.domain;
  const field = random.choice(world.fields);
  const topic = random.choice<Topic>([
    "cause",
    "remedies",
    "remedies",
    "exclusion",
    ...(field.links.length > 0 ? (["link"] as const) : []),
  ]);
  const head = random.choice(headsOf(topic, field));
  const scene = { world, field, circumstance: random.choice(world.circumstances) };
  const first = inventStatement(topic, head, scene, random);
  const second = random.uniform() < 0.4 ? first : inventStatement(topic, head, scene, random);
  const levels = random.sample(
    scale.levels.map((_, index) => index + 1),
    2,
  );
  const about = [first, second].map(
    (statement, index): DocumentedStatement => ({ ...statement, level: levels[index] ?? 1 }),
  );
  const [better, worse] = about.toSorted((a, b) => b.level - a.level);
  if (better === undefined || worse === undefined) throw new Error("an exercise has two documents");
  if (random.uniform() < 0.5) {
    const distraction = { ...inventDistraction(head, world, field, random), level: drawLevel(scale, null, random) };
    return [shown(random.shuffle([better, distraction]), scale), said(better, random)];
  }
  return [shown(about, scale), said(random.uniform() < habits.weighsEvidence ? better : random.choice(about), random)];
}

function shown(documents: readonly DocumentedStatement[], scale: EvidenceScale): ScriptPart {
  return { author: "environment", text: documentText(documents, scale) };
}

/** One of the things that the statement says. */
function said(statement: Statement, random: RandomStream): ScriptPart {
  return { author: "model", text: sentenceOf(statement, random.integer(statement.pairs.length)) };
}

function headsOf(topic: Topic, { faults, links, causes, remedies }: Field): readonly string[] {
  const things = { cause: faults, link: links.flat(), remedies: causes, exclusion: remedies }[topic];
  return things.map((thing) => thing.name);
}
