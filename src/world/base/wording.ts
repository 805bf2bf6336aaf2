import { evidenceLevelName } from "../../domain/evidence.ts";
import type { Question } from "../../domain/question.ts";
import type { RandomStream } from "../../domain/seed.ts";
import type { Patient } from "../questions.ts";
import { statementText } from "./statements.ts";
import type { DocumentedStatement } from "./statements.ts";

export function promptText(question: Question): string {
  return `<question> ${question.text} </question>`;
}

export function documentText(documents: readonly DocumentedStatement[]): string {
  const shown = documents.map((statement) => `${evidenceLevelName(statement.level)} ${statementText(statement)}`);
  return `<document> ${shown.length === 0 ? "none" : shown.join(" | ")} </document>`;
}

/** A query that does not ask for the needed fact. */
export function besideThePoint(patient: Patient, head: string, random: RandomStream): string {
  const { specialty, findings, comorbidity } = patient;
  const draw = random.uniform();
  if (draw < 0.4) return `${head} ${random.choice(["epidemiology", "prevalence", "treatment", "high", "mid", "low"])}`;
  if (draw < 0.7) return random.sample(findings, 2).join(" ");
  const words = ["high", "mid", "low", "treatment", "epidemiology", "mechanism", comorbidity, random.choice(findings), random.choice(specialty.drugs).name, random.choice(specialty.mechanisms).name];
  return random.sample(words, 1 + random.integer(3)).join(" ");
}
