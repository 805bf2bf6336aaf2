import { inspect } from "node:util";
import { ownMetrics } from "../parts/ownMetrics.ts";
import { askPart, PartFaultError } from "../parts/partFault.ts";
import type { Algorithm } from "./algorithm.ts";

/**
 * The algorithm of this name, whose answers can go into a plan and into metrics: an extension's may be anything. Functions throw
 * PartFaultError where the algorithm throws or gives what cannot be used.
 */
export function checkedAlgorithm(name: string, algorithm: Algorithm): Algorithm {
  const part = `algorithm "${name}"`;
  const integer = (what: string, least: number, ask: () => unknown): number => {
    const given = askPart(part, ask);
    if (Number.isSafeInteger(given) && (given as number) >= least) return given as number;
    throw new PartFaultError(`${part} gave ${inspect(given)} as ${what}; expected is an integer of at least ${least}`);
  };
  return {
    ...algorithm,
    advantages: (batch) => {
      const found: unknown = askPart(part, () => algorithm.advantages(batch));
      if (!Array.isArray(found))
        throw new PartFaultError(`${part} gave advantages that are no array; expected is one per sample`);
      if (found.length !== batch.samples.length)
        throw new PartFaultError(`${part} gave ${found.length} advantages for ${batch.samples.length} samples`);
      return Array.from(found, (advantage: unknown, sample) => {
        if (advantage === null || isFinite(advantage)) return advantage;
        throw new PartFaultError(
          `${part} gave ${inspect(advantage)} as the advantage of sample ${sample}; expected is a finite number, or null where the sample takes no part`,
        );
      });
    },
    lossDivisor: (minibatch) => integer("a loss divisor", 1, () => algorithm.lossDivisor(minibatch)),
    questionsWanted: (batch, rounds) =>
      integer("the number of questions wanted", 0, () => algorithm.questionsWanted(batch, rounds)),
    metrics: (batch) => ownMetrics({ kind: "algorithm", name }, () => algorithm.metrics(batch)),
  };
}

function isFinite(value: unknown): value is number {
  return Number.isFinite(value);
}
