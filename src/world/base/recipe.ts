import { baseHabits } from "./habits.ts";
import type { Mixture } from "./examples.ts";

/** A part of the supervised training with one mixture of examples. */
export interface Phase {
  readonly steps: number;
  /** Examples of one optimiser step. */
  readonly examples: number;
  /** Highest learning rate; reached after the warm-up, falls linearly to a twentieth. */
  readonly learningRate: number;
  readonly warmUpSteps: number;
  readonly mixture: Mixture;
}

/** How the base is made; changing it makes a different base. */
export interface Recipe {
  readonly phases: readonly Phase[];
}

export const baseRecipe: Recipe = {
  phases: [
    { steps: 1200, examples: 48, learningRate: 3e-3, warmUpSteps: 100, mixture: { reading: 0.25, guided: 0.2, known: 0.12, habits: baseHabits } },
  ],
};
