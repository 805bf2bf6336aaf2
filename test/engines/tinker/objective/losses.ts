import { algorithms } from "../../../../src/algorithms/algorithmRegistry.ts";
import type { Loss, TrainingSequence } from "../../../../src/policy/port.ts";

export interface NamedLoss {
  readonly name: string;
  readonly loss: Loss;
  readonly lossDivisor: number;
}

/** The loss of each algorithm with its own defaults, and with a KL term where it may have one; minibatch divisors of these sequences. */
export function lossesOn(sequences: readonly TrainingSequence[]): NamedLoss[] {
  const policyTokens = sequences.reduce((sum, { lossMask }) => sum + lossMask.filter((bit) => bit > 0).length, 0);
  return algorithms.names().flatMap((name) =>
    [{}, { klCoefficient: 0.3 }].flatMap((settings) => {
      const chosen = algorithms.Chosen.safeParse({ name, settings });
      if (!chosen.success) return [];
      const algorithm = algorithms.create(chosen.data);
      const size = { sequences: sequences.length, policyTokens, maxResponseTokens: 40 };
      const label = "klCoefficient" in settings ? `${name} with a KL term` : name;
      return [{ name: label, loss: algorithm.loss, lossDivisor: algorithm.lossDivisor(size) }];
    }),
  );
}

/** Ratios on both sides of every bound, the dual clip's among them, with advantages of both signs; one sequence teaches nothing. */
export function learningSequences(): TrainingSequence[] {
  const sampled = [-3.4, -3.9, -3.1, -6, -3.47, -2.2];
  return [0, 1, 2, 3, 4, 5].map((index) => {
    const tokens = Array.from({ length: 9 + index * 2 }, (_, place) => 7 + ((index * 11 + place * place * 3) % 24));
    const lossMask = tokens.map((_, place) => (index === 5 || place < 3 || place % 5 === 4 ? 0 : 1));
    return {
      tokens,
      lossMask,
      sampledLogProbabilities: lossMask.map((bit, place) => bit * (sampled[(place + index) % sampled.length] ?? 0)),
      advantage: [1.3, -0.8, 0.4, -1.7, 0, 1][index] ?? 0,
    };
  });
}
