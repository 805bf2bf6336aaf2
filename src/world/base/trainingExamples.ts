import { randomStream } from "../../domain/seed.ts";
import type { RandomStream } from "../../domain/seed.ts";
import { writeDocuments } from "../documents.ts";
import type { World } from "../facts.ts";
import type { Problem } from "../worldQuestions.ts";
import { splitCases } from "../splits.ts";
import type { Case } from "../splits.ts";
import { consult } from "./consultation.ts";
import { inventedEvidence, readLibrary, silentEvidence, silentShare, worldEvidence } from "./evidence.ts";
import type { EvidenceSource } from "./evidence.ts";
import { guidedCase } from "./guidedCase.ts";
import type { Habits } from "./habits.ts";
import { readingExample } from "./reading.ts";
import type { Script } from "./script.ts";

/** Shares of the kinds of supervised example; what is left are consultations over made-up documents. */
export interface Mixture {
  /** Reading exercises. */
  readonly reading: number;
  /** Cases in which the model only reads. */
  readonly guided: number;
  /** Consultations about the known faults over the world's own documents. */
  readonly known: number;
  readonly habits: Habits;
}

/**
 * The supervised examples of one world by index. All but these known cases cover all faults, so that the model
 * knows every name and signature; facts are taught for the known faults alone.
 */
export function createExamples(world: World, mixture: Mixture): (purpose: string, index: number) => Script {
  const library = readLibrary(world.domain, writeDocuments(world));
  const { known } = splitCases(world);
  const all = world.fields.flatMap((field) => field.faults.map((fault): Case => ({ fault, field })));
  return (purpose, index) => {
    const random = randomStream([world.domain.name, world.worldSeed, "base", purpose, index]);
    const kind = random.uniform();
    if (kind < mixture.reading) return readingExample(world, mixture.habits, random);
    if (kind < mixture.reading + mixture.guided) return guidedCase(drawProblem(all, world, random), world, random);
    const isKnown = known.length > 0 && kind < mixture.reading + mixture.guided + mixture.known;
    const cases = isKnown ? known : all;
    const problem = drawProblem(cases, world, random);
    const confusable = cases.filter((item) => item.field === problem.field).map((item) => item.fault.name);
    const scene = { world, ...problem };
    const invented = (): EvidenceSource =>
      world.regime.silentFields > 0 && random.uniform() < silentShare
        ? silentEvidence(scene, random)
        : inventedEvidence(scene, random);
    const source = isKnown ? worldEvidence(library, scene, random) : invented();
    return consult(world, problem, confusable, source, mixture.habits, random);
  };
}

function drawProblem(cases: readonly Case[], world: World, random: RandomStream): Problem {
  const { fault, field } = random.choice(cases);
  return {
    fault,
    field,
    signs: random.shuffle(fault.signs),
    circumstance: random.choice(world.circumstances),
  };
}
