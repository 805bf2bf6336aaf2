import type { Regime } from "../regime.ts";
import { baseHabits, habitsIn } from "./habits.ts";
import type { Mixture } from "./trainingExamples.ts";

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

/** Reading alone first: copying a line from afar is learnt late, and not at all when most lines are guesses. */
export const baseRecipe: Recipe = {
  phases: [
    {
      steps: 1400,
      examples: 48,
      learningRate: 3e-3,
      warmUpSteps: 100,
      mixture: { reading: 0.5, guided: 0.45, known: 0.02, habits: baseHabits },
    },
    {
      steps: 900,
      examples: 48,
      learningRate: 1.5e-3,
      warmUpSteps: 50,
      mixture: { reading: 0.2, guided: 0.25, known: 0.12, habits: baseHabits },
    },
  ],
};

/** The recipe of a regime's base; the default regime's is `baseRecipe`. */
export function recipeIn(regime: Regime): Recipe {
  const habits = habitsIn(regime);
  return { phases: baseRecipe.phases.map((phase) => ({ ...phase, mixture: { ...phase.mixture, habits } })) };
}
