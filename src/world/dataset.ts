import { createHash } from "node:crypto";
import type { Dataset } from "../domain/dataset.ts";
import type { Passage } from "../domain/passage.ts";
import type { Question } from "../domain/question.ts";
import { writeDocuments } from "./documents.ts";
import { worldExtractor } from "./extractor.ts";
import { inventMedicine } from "./medicine.ts";
import { askAbout, drawPatients } from "./questions.ts";
import { splitCases } from "./splits.ts";
import type { Case } from "./splits.ts";

/** Orders of the three findings in which training questions are asked: all. */
const trainingOrders = 6;

/** The embedded world as a dataset; equal seeds give equal content. */
export function openWorld(worldSeed: number): Dataset {
  const medicine = inventMedicine(worldSeed);
  const splits = splitCases(medicine);
  const ask = (cases: readonly Case[], pool: string, orders: number): Question[] =>
    drawPatients(medicine, cases, orders, pool).map((patient) => askAbout(patient, pool));
  const documents = writeDocuments(medicine);
  const training = ask(splits.training, "training", trainingOrders);
  const validation = ask(splits.validation, "validation", 1);
  const evaluation = [
    { name: "held-out-diseases", questions: ask(splits.heldOutDiseases, "held-out-diseases", 1) },
    { name: "held-out-specialties", questions: ask(splits.heldOutSpecialties, "held-out-specialties", 1) },
  ];
  return {
    name: "world",
    training,
    validation,
    evaluation,
    passages: () => stream(documents),
    extractor: worldExtractor,
    fingerprint: createHash("sha256")
      .update(JSON.stringify([training, validation, evaluation, documents]))
      .digest("hex"),
  };
}

async function* stream(documents: readonly Passage[]): AsyncIterable<Passage> {
  for (const passage of documents) yield passage;
}
