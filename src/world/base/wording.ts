import type { RandomStream } from "../../domain/seed.ts";
import { renderDocumentBlock } from "../../protocol/documentBlock.ts";
import { medicalScale } from "../../tasks/medical/evidenceScale.ts";
import type { Patient } from "../questions.ts";
import { asPassage } from "./statements.ts";
import type { DocumentedStatement } from "./statements.ts";

/** The document block that shows these statements, as the environment writes it. */
export function documentText(documents: readonly DocumentedStatement[]): string {
  const outcome =
    documents.length === 0
      ? { status: "nothing-found" as const }
      : { status: "found" as const, passages: documents.map(asPassage) };
  return renderDocumentBlock(outcome, medicalScale, (text) => text);
}

/** A query that does not ask for the needed fact. */
export function besideThePoint(patient: Patient, head: string, random: RandomStream): string {
  const { specialty, findings, comorbidity } = patient;
  const draw = random.uniform();
  if (draw < 0.4) return `${head} ${random.choice(["epidemiology", "prevalence", "treatment", "high", "mid", "low"])}`;
  if (draw < 0.7) return random.sample(findings, 2).join(" ");
  const words = [
    "high",
    "mid",
    "low",
    "treatment",
    "epidemiology",
    "mechanism",
    comorbidity,
    random.choice(findings),
    random.choice(specialty.drugs).name,
    random.choice(specialty.mechanisms).name,
  ];
  return random.sample(words, 1 + random.integer(3)).join(" ");
}
