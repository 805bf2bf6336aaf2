import { createHash } from "node:crypto";
import type { Dataset } from "../domain/dataset.ts";
import type { Passage } from "../domain/passage.ts";
import type { Question } from "../domain/question.ts";
import { writeDocuments } from "./documents.ts";
import type { Domain } from "./domain.ts";
import { createExtractor } from "./extractor.ts";
import { inventWorld } from "./facts.ts";
import { askAbout, drawProblems } from "./worldQuestions.ts";
import { splitCases } from "./splits.ts";
import type { Case } from "./splits.ts";

/** Orders of the three signs in which training questions are asked: all. */
const trainingOrders = 6;

/** An embedded world as a data set; equal domains and seeds give equal content. */
export function openWorld(domain: Domain, worldSeed: number): Dataset {
  const { newFaults, newFields } = domain.pools;
  const world = inventWorld(domain, worldSeed);
  const splits = splitCases(world);
  const ask = (cases: readonly Case[], pool: string, orders: number): Question[] =>
    drawProblems(world, cases, orders, pool).map((problem) => askAbout(domain, problem, pool));
  const documents = writeDocuments(world);
  const training = ask(splits.training, "training", trainingOrders);
  const validation = ask(splits.validation, "validation", 1);
  const evaluation = [
    { name: newFaults, questions: ask(splits.heldOutFaults, newFaults, 1) },
    { name: newFields, questions: ask(splits.heldOutFields, newFields, 1) },
  ];
  return {
    name: domain.name,
    training,
    validation,
    evaluation,
    passages: () => stream(documents),
    extractor: createExtractor(domain),
    fingerprint: createHash("sha256")
      .update(JSON.stringify([training, validation, evaluation, documents]))
      .digest("hex"),
  };
}

async function* stream(documents: readonly Passage[]): AsyncIterable<Passage> {
  for (const passage of documents) yield passage;
}
