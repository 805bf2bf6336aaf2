import type { RandomStream } from "../../domain/seed.ts";
import { renderPrompt } from "../../protocol/prompt.ts";
import type { Medicine } from "../medicine.ts";
import { askAbout } from "../questions.ts";
import type { Patient } from "../questions.ts";
import type { Script, ScriptPart } from "./script.ts";
import { drawLevel, inventDistraction, inventStatement, sentenceOf } from "./statements.ts";
import type { Statement, Topic } from "./statements.ts";
import { documentText } from "./wording.ts";

/**
 * A whole case in which somebody else diagnoses and searches and the model only reads: what the made-up documents say,
 * and the answer that follows. So reading is learnt where it is needed, and searching is not.
 */
export function guidedCase(patient: Patient, medicine: Medicine, random: RandomStream): Script {
  const { specialty, comorbidity, disease } = patient;
  const invent = (topic: Topic, head: string): Statement =>
    inventStatement(topic, head, comorbidity, specialty, random);
  const show = (statement: Statement, words: string): ScriptPart => {
    const band = random.choice([null, "high", "mid", "low"] as const);
    const beside = {
      ...inventDistraction(statement.head, medicine, specialty, random),
      level: drawLevel(band, random),
    };
    const found = random.shuffle([{ ...statement, level: drawLevel(band, random) }, beside]);
    return {
      author: "environment",
      text: `<search> ${query(statement.head, words, band)} </search> ${documentText(found)}`,
    };
  };
  const say = (text: string): ScriptPart => ({ author: "model", text });
  const mechanism = invent("mechanism", disease.name);
  const treatment = invent("treatment", mechanism.pairs[0]?.[1] ?? "");
  const [firstLine = "", secondLine = ""] = treatment.pairs.map(([, drug]) => drug);
  const check = invent("contraindication", firstLine);
  const avoid = check.pairs[0]?.[0] === "avoid";
  const opening = `${renderPrompt(askAbout(patient, "base"))} <think> ${random.choice(patient.findings)} suggests ${disease.name} .`;
  return [
    { author: "environment", text: opening },
    show(mechanism, "mechanism"),
    say(sentenceOf(mechanism, 0)),
    show(treatment, "first"),
    say(sentenceOf(treatment, 0)),
    show(check, comorbidity),
    say(sentenceOf(check, 0)),
    ...(avoid ? [say(sentenceOf(treatment, 1))] : []),
    say(`</think> <answer> ${avoid ? secondLine : firstLine} </answer> <eos>`),
  ];
}

function query(head: string, words: string, band: string | null): string {
  return band === null ? `${head} ${words}` : `${head} ${words} ${band}`;
}
