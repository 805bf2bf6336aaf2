import type { RandomStream } from "../../domain/seed.ts";
import { renderPrompt } from "../../protocol/prompt.ts";
import { askAbout } from "../questions.ts";
import type { Patient } from "../questions.ts";
import type { EvidenceSource } from "./evidence.ts";
import type { Habits } from "./habits.ts";
import { besideThePoint, documentText } from "./wording.ts";
import type { Script, ScriptPart } from "./script.ts";
import { inventStatement, isInformative, sentenceOf } from "./statements.ts";
import type { DocumentedStatement, Statement, Topic } from "./statements.ts";

/** Share of unchecked answers that do not follow from the reasoning, and of safe first lines that are given up. */
const unfoundedAnswers = 0.3;
const needlessSwitches = 0.1;

/**
 * One trajectory of a writer with the given habits: think, perhaps search, state what is read, remembered or guessed,
 * answer. A wrong diagnosis is one of `confusable`.
 */
export function consult(
  patient: Patient,
  confusable: readonly string[],
  source: EvidenceSource,
  habits: Habits,
  random: RandomStream,
): Script {
  const { specialty, findings, comorbidity } = patient;
  const parts: ScriptPart[] = [{ author: "environment", text: renderPrompt(askAbout(patient, "base")) }];
  const say = (text: string): void => void parts.push({ author: "model", text });
  const happens = (probability: number): boolean => random.uniform() < probability;

  const search = (topic: Topic, head: string): readonly DocumentedStatement[] => {
    const { query, found } = ask(patient, topic, head, source, habits, random);
    say(`<search> ${query} </search>`);
    parts.push({ author: "environment", text: documentText(found) });
    return found.filter((statement) => statement.head === head && isInformative(statement));
  };
  const establish = (topic: Topic, head: string): Statement => {
    const found = happens(topic === "contraindication" ? habits.searchesToCheck : habits.searches)
      ? search(topic, head)
      : [];
    const draw = random.uniform();
    if (found.length > 0 && draw < habits.reads)
      return happens(habits.weighsEvidence) ? strongest(found) : random.choice(found);
    const remembered = draw < habits.reads + habits.remembers ? source.remember(topic, head) : null;
    return remembered ?? inventStatement(topic, head, comorbidity, specialty, random);
  };
  say("<think>");
  const disease = happens(habits.diagnoses) ? patient.disease.name : random.choice(confusable);
  say(`${random.choice(findings)} suggests ${disease} .`);
  const mechanism = establish("mechanism", disease);
  say(sentenceOf(mechanism, 0));
  const treatment = establish("treatment", tailOf(mechanism, 0));
  say(sentenceOf(treatment, 0));
  const [firstLine, secondLine] = [tailOf(treatment, 0), tailOf(treatment, 1)];
  let answer = happens(unfoundedAnswers) ? random.choice([secondLine, random.choice(specialty.drugs).name]) : firstLine;
  if (happens(habits.checks)) {
    const check = establish("contraindication", firstLine);
    say(sentenceOf(check, 0));
    const switches = happens(check.pairs[0]?.[0] === "avoid" ? habits.switches : needlessSwitches);
    if (switches) say(sentenceOf(treatment, 1));
    answer = switches ? secondLine : firstLine;
  }
  say(happens(habits.breaksFormat) ? brokenEnding(answer, random) : `</think> <answer> ${answer} </answer> <eos>`);
  return parts;
}

function tailOf(statement: Statement, index: number): string {
  const pair = statement.pairs[index];
  if (pair === undefined) throw new RangeError(`"${statement.head}" has no ${index + 1}. statement`);
  return pair[1];
}

function strongest(statements: readonly DocumentedStatement[]): DocumentedStatement {
  return statements.reduce((best, statement) => (statement.level > best.level ? statement : best));
}

/** The words of a search and what it shows. */
function ask(
  patient: Patient,
  topic: Topic,
  head: string,
  source: EvidenceSource,
  habits: Habits,
  random: RandomStream,
): { query: string; found: readonly DocumentedStatement[] } {
  const words = {
    mechanism: ["mechanism"],
    treatment: ["first", "treatment"],
    contraindication: [patient.comorbidity],
  }[topic];
  const plain = `${head} ${random.choice(words)}`;
  const draw = random.uniform();
  if (draw < habits.asksWithBand) {
    const band: string = random.uniform() < habits.asksForHigh ? "high" : random.choice(["mid", "low"] as const);
    return { query: `${plain} ${band}`, found: source.about(topic, head, band) };
  }
  if (draw < habits.asksWithBand + habits.asksPlainly) return { query: plain, found: source.about(topic, head, null) };
  return { query: besideThePoint(patient, head, random), found: source.beside(head) };
}

/** Endings that the format gate refuses. */
function brokenEnding(answer: string, random: RandomStream): string {
  return random.choice([
    `</think> ${answer} <eos>`,
    `<answer> ${answer} </answer> <eos>`,
    `</think> <answer> ${answer} <eos>`,
    `<search> </think> <answer> ${answer} </answer> <eos>`,
  ]);
}
