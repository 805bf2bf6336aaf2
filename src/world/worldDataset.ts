import { createHash } from "node:crypto";
import type { Dataset } from "../domain/dataset.ts";
import type { Passage } from "../domain/passage.ts";
import type { Question } from "../domain/question.ts";
import { randomStream } from "../domain/seed.ts";
import { writeDocuments } from "./documents.ts";
import type { Domain } from "./domain.ts";
import { createExtractor } from "./extractor.ts";
import { inventWorld } from "./facts.ts";
import type { Fault, World } from "./facts.ts";
import { askAbout, drawProblems } from "./worldQuestions.ts";
import { contradict } from "./contradiction.ts";
import { defaultRegime, type Regime } from "./regime.ts";
import { splitCases } from "./splits.ts";
import type { Case } from "./splits.ts";

/** Orders of the three signs in which training questions are asked: all. */
const trainingOrders = 6;

/** An embedded world as a data set; equal domains, seeds and regimes give equal content. */
export function openWorld(domain: Domain, worldSeed: number, regime: Regime = defaultRegime): Dataset {
  const { newFaults, newFields } = domain.pools;
  const world = inventWorld(domain, worldSeed, regime);
  const splits = splitCases(world);
  const misled = corrupted(world, splits.training);
  const ask = (cases: readonly Case[], pool: string, orders: number): Question[] =>
    drawProblems(world, cases, orders, pool).map((problem) =>
      askAbout(domain, problem, pool, misled.has(problem.fault) ? contradict(domain, problem) : undefined),
    );
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

/** Training faults whose references argue wrongly; documents, gold facts and answers stay right. */
function corrupted({ domain, worldSeed, regime }: World, training: readonly Case[]): ReadonlySet<Fault> {
  const documented = training.filter(({ field }) => !field.silent);
  const count = Math.round(documented.length * regime.corruptedReferences);
  const random = randomStream([domain.name, worldSeed, "corrupted"]);
  return new Set(random.sample(documented, count).map(({ fault }) => fault));
}

async function* stream(documents: readonly Passage[]): AsyncIterable<Passage> {
  for (const passage of documents) yield passage;
}
