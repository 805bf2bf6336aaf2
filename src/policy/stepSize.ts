import type { StepSize, TrainingSequence } from "./port.ts";

/** Size of a step: of all sequences that are learnt from between two optimiser steps. */
export function stepSizeOf(sequences: readonly TrainingSequence[]): StepSize {
  const weights = sequences.map(weightOf).filter((weight) => weight > 0);
  return { sequences: weights.length, weight: weights.reduce((sum, weight) => sum + weight, 0) };
}

/** Policy tokens that have something before them. */
export function weightOf({ lossMask }: Pick<TrainingSequence, "lossMask">): number {
  let weight = 0;
  for (let place = 1; place < lossMask.length; place++) if ((lossMask[place] ?? 0) > 0) weight++;
  return weight;
}
