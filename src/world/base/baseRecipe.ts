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
  /** Trained behind the phases while the base lacks a skill; null for never. */
  readonly mending: Mending | null;
}

/** A phase for each skill that a base may lack. */
export interface Mending {
  /** Trained at most, for each draw of fresh weights. */
  readonly rounds: number;
  /** Draws of fresh weights at most: some never learn to copy a kind of line from afar, whatever they are shown. */
  readonly draws: number;
  /** Where it does not read every kind of line. */
  readonly reading: Phase;
  /** Where it reads, and its last search is not about the question's circumstance. */
  readonly asking: Phase;
}

const mendingPhase = { steps: 500, examples: 48, learningRate: 1.5e-3, warmUpSteps: 50 } as const;

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
  mending: {
    rounds: 2,
    draws: 3,
    // On some worlds copying from afar is still unsure: more lines that follow from documents, beside the habits of the phase before.
    reading: { ...mendingPhase, mixture: { reading: 0.4, guided: 0.35, known: 0.08, habits: baseHabits } },
    // On some, above all where the writer seldom searches, the last search is about any circumstance: more searches to imitate.
    asking: { ...mendingPhase, mixture: { reading: 0.15, guided: 0.2, known: 0.05, habits: baseHabits } },
  },
};

/** The recipe of a regime's base; the default regime's is `baseRecipe`. */
export function recipeIn(regime: Regime): Recipe {
  const habits = habitsIn(regime);
  const inRegime = (phase: Phase): Phase => ({ ...phase, mixture: { ...phase.mixture, habits } });
  const { phases, mending } = baseRecipe;
  return {
    phases: phases.map(inRegime),
    mending: mending && { ...mending, reading: inRegime(mending.reading), asking: inRegime(mending.asking) },
  };
}
