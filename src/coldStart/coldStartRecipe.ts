import type { NewModel } from "../engines/onnx/model/create.ts";

/** Numbers that make a cold start. */
export interface ColdStartRecipe {
  /** Raised when code changes what the same numbers lead to. */
  readonly revision: number;
  /** At most; of a larger corpus a sample is learnt from, which is more than the steps below can read. */
  readonly passages: number;
  readonly vocabularySize: number;
  readonly model: Omit<NewModel, "vocabularySize" | "tiedEmbeddings" | "endOfTextId">;
  /** Tokens of one window of running text. */
  readonly windowTokens: number;
  /** Optimiser steps on running text alone, then on text and demonstrations. */
  readonly languageSteps: number;
  readonly mixedSteps: number;
  /** Sequences of one step. */
  readonly sequences: number;
  /** Share of demonstrations in the second part. */
  readonly demonstrations: number;
  /** Highest; reached after the warm-up, falls linearly to a twentieth. */
  readonly learningRate: number;
  readonly warmUpSteps: number;
  readonly demonstration: DemonstrationRecipe;
}

/** How the writer of the demonstrations works; shares are probabilities. */
export interface DemonstrationRecipe {
  readonly passagesPerSearch: number;
  readonly maxPassageTokens: number;
  /** Share made from training questions; the rest from openings of passages. */
  readonly realQuestions: number;
  readonly openingWords: number;
  /** First words of the question that are searched, and first words of the note that follows what was found. */
  readonly queryWords: number;
  readonly noteWords: number;
  /** Gives the right answer; otherwise any, so that there is something left to learn. */
  readonly answersRightly: number;
  /** Calls one of the tools once; otherwise none. */
  readonly calls: number;
}

/** How a cold start is made from a corpus; a changed recipe makes a different base. */
export const coldStartRecipe: ColdStartRecipe = {
  revision: 3,
  passages: 8000,
  vocabularySize: 2048,
  model: {
    hiddenSize: 96,
    feedForwardSize: 256,
    layers: 4,
    heads: 4,
    keyValueHeads: 2,
    maximumPositions: 1024,
    initialDeviation: 0.05,
  },
  windowTokens: 160,
  languageSteps: 40,
  mixedSteps: 320,
  sequences: 16,
  demonstrations: 0.85,
  learningRate: 3e-3,
  warmUpSteps: 20,
  demonstration: {
    passagesPerSearch: 2,
    maxPassageTokens: 48,
    realQuestions: 0.4,
    openingWords: 14,
    queryWords: 8,
    noteWords: 10,
    answersRightly: 0.5,
    calls: 0.85,
  },
};
