/** How a cold start is made from a corpus; a changed recipe makes a different base. */
export const coldStartRecipe = {
  /** Raised when code changes what the same numbers lead to. */
  revision: 2,
  vocabularySize: 2048,
  model: { hiddenSize: 96, feedForwardSize: 256, layers: 4, heads: 4, keyValueHeads: 2, maximumPositions: 1024, initialDeviation: 0.05 },
  /** Tokens of one window of running text. */
  windowTokens: 160,
  /** Optimiser steps on running text alone, then on text and demonstrations. */
  languageSteps: 70,
  mixedSteps: 430,
  /** Sequences of one step. */
  sequences: 24,
  /** Share of demonstrations in the second part. */
  demonstrations: 0.85,
  learningRate: 3e-3,
  warmUpSteps: 20,
  demonstration: {
    passagesPerSearch: 2,
    maxPassageTokens: 48,
    /** Share made from training questions; the rest from openings of passages. */
    realQuestions: 0.4,
    openingWords: 14,
    /** First words of the question that are searched, and first words of the note that follows what was found. */
    queryWords: 8,
    noteWords: 10,
    /** Gives the right answer; otherwise any, so that there is something left to learn. */
    answersRightly: 0.5,
    /** Searches once; otherwise not at all. */
    searches: 0.85,
  },
} as const;
export type ColdStartRecipe = typeof coldStartRecipe;
