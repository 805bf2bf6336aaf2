import type { EvidenceScale } from "../../domain/evidenceScale.ts";
import type { RandomStream } from "../../domain/seed.ts";
import { renderDocumentBlock } from "../../environments/search/documentBlock.ts";
import { threeBands } from "../domain.ts";
import type { Domain } from "../domain.ts";
import type { Problem } from "../worldQuestions.ts";
import { asPassage } from "./statements.ts";
import type { DocumentedStatement } from "./statements.ts";

/** The document block that shows these statements, as the environment writes it. */
export function documentText(documents: readonly DocumentedStatement[], scale: EvidenceScale): string {
  return renderDocumentBlock(documents.map(asPassage), scale, (text) => text);
}

/** A query that does not ask for the needed fact. */
export function besideThePoint(domain: Domain, problem: Problem, head: string, random: RandomStream): string {
  const { words } = domain;
  const { field, signs, circumstance } = problem;
  const draw = random.uniform();
  if (draw < 0.4) return `${head} ${random.choice([...words.asides, words.remedies, ...threeBands(domain)])}`;
  if (draw < 0.7) return random.sample(signs, 2).join(" ");
  const anything = [
    ...threeBands(domain),
    words.remedies,
    words.asides[0],
    words.cause,
    circumstance,
    random.choice(signs),
    random.choice(field.remedies).name,
    random.choice(field.causes).name,
  ];
  return random.sample(anything, 1 + random.integer(3)).join(" ");
}
