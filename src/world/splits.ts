import { randomStream } from "../domain/seed.ts";
import { worldSize } from "./facts.ts";
import type { Fault, Field, World } from "./facts.ts";

/** A fault with the field it belongs to. */
export interface Case {
  readonly fault: Fault;
  readonly field: Field;
}

/** Which faults serve what; no fault is in two of the first four lists. */
export interface Splits {
  readonly training: readonly Case[];
  /** From training fields and from one field of their own. */
  readonly validation: readonly Case[];
  /** New faults of the training fields. */
  readonly heldOutFaults: readonly Case[];
  /** Faults of fields that training and validation never touch. */
  readonly heldOutFields: readonly Case[];
  /** Training faults whose facts the base model was taught; none of a field that documents are silent about. */
  readonly known: readonly Case[];
}

const { trainingFields } = worldSize;
const trainingFaults = 12;
const validationFaults = 4;

/** Splits a world by fault and by field. */
export function splitCases(world: World): Splits {
  const cases = world.fields.map((field) => field.faults.map((fault) => ({ fault, field })));
  const familiar = cases.slice(0, trainingFields);
  const training = familiar.flatMap((list) => list.slice(0, trainingFaults));
  const documented = training.filter(({ field }) => !field.silent);
  const random = randomStream([world.domain.name, world.worldSeed, "known"]);
  return {
    training,
    validation: [
      ...familiar.flatMap((list) => list.slice(trainingFaults, trainingFaults + validationFaults)),
      ...(cases[trainingFields] ?? []),
    ],
    heldOutFaults: familiar.flatMap((list) => list.slice(trainingFaults + validationFaults)),
    heldOutFields: cases.slice(trainingFields + 1).flat(),
    known: random.sample(documented, Math.round(documented.length * world.regime.known)),
  };
}
