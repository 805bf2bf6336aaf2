import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { uniformAt } from "../../src/domain/seed.ts";
import type { FolderPolicy } from "../../src/policy/folderPolicy.ts";
import type { TrainingBatch } from "../../src/policy/port.ts";

/** Faults to script, by the number of the call they happen in. */
export interface Faults {
  /** The gradient norm that the n-th optimiser step (from 0) reports. */
  gradientNorms?: ReadonlyMap<number, number>;
  /** Throws in the n-th forwardBackward. */
  failingForwardBackward?: number;
  /** Padded tokens above which forwardBackward runs out of memory. */
  memoryTokens?: number;
  /** Added to the reported gap between sampled and recomputed log-probabilities. */
  logProbabilityGap?: number;
  loss?: number;
}

export interface FakePolicy extends FolderPolicy {
  readonly weights: Float32Array;
  /** Folders of reference policies that losses were computed against. */
  readonly references: Set<string>;
}

const size = 5;
const vocabulary = 17;

/** A policy of folders as plain arithmetic over five weights with momentum: what it samples and learns depends on its state alone. */
export function createFakePolicy(faults: Faults = {}, fingerprint = "fake"): FakePolicy {
  const weights = Float32Array.from({ length: size }, (_, index) => index / 7);
  const references = new Set<string>();
  const momentum = new Float32Array(size);
  let gradient = new Float32Array(size);
  let steps = 0;
  let optimizerCalls = 0;
  let forwardCalls = 0;

  const stateText = (): string => JSON.stringify([[...weights], [...momentum], steps]);
  const addGradient = ({ sequences, lossDivisor }: TrainingBatch): void => {
    for (const { tokens, lossMask, advantage } of sequences) {
      for (const [position, token] of tokens.entries()) {
        const place = (token + position) % size;
        gradient[place] =
          (gradient[place] ?? 0) +
          ((lossMask[position] ?? 0) * advantage * Math.cos(weights[place] ?? 0)) / lossDivisor;
      }
    }
  };
  return {
    fingerprint,
    weights,
    references,
    get optimizerSteps() {
      return steps;
    },
    tokenizer: {
      vocabularySize: vocabulary,
      endOfTextId: 0,
      endOfTextIds: new Set([0]),
      beginning: [],
      unknownId: null,
      renderChat: null,
      encodeChat: null,
      encode: (text) => Array.from(text, (letter) => letter.charCodeAt(0) % vocabulary),
      decode: (tokens) => tokens.join(" "),
    },
    stateHash: async () => createHash("sha256").update(stateText()).digest("hex"),
    sample: async (requests) =>
      requests.map(({ seed, maxResponseTokens }) => {
        const length = 1 + Math.floor(uniformAt([seed, "length"]) * maxResponseTokens);
        const tokens = Array.from(
          { length },
          (_, position) =>
            Math.floor((uniformAt([seed, position]) + Math.abs(weights[position % size] ?? 0)) * 1000) % vocabulary,
        );
        return {
          segments: [
            { origin: "policy" as const, tokens, logProbabilities: tokens.map((token) => Math.fround(-token / 9)) },
          ],
          stopReason: "end" as const,
        };
      }),
    logProbabilities: async (sequences) => sequences.map((tokens) => Float32Array.from(tokens, (token) => -token / 9)),
    forwardBackward: async (batch) => {
      if (forwardCalls++ === faults.failingForwardBackward) throw new Error("lost device");
      const padded = batch.sequences.length * Math.max(...batch.sequences.map((sequence) => sequence.tokens.length));
      if (padded > (faults.memoryTokens ?? Infinity)) throw new Error("out of memory");
      if (batch.referenceFolder !== undefined) references.add(batch.referenceFolder);
      addGradient(batch);
      const tokens = batch.sequences.reduce(
        (sum, { lossMask }) => sum + lossMask.reduce((masked, one) => masked + one, 0),
        0,
      );
      return {
        tokens,
        loss: faults.loss ?? 0.5,
        entropySum: tokens,
        klReferenceSum: 0,
        clippedLow: 0,
        clippedHigh: 0,
        klSampleTrainSum: 0,
        logProbabilityGapMax: faults.logProbabilityGap ?? 0,
      };
    },
    optimizerStep: async ({ learningRate }) => {
      const gradientNorm = faults.gradientNorms?.get(optimizerCalls++) ?? Math.hypot(...gradient);
      for (let index = 0; index < size; index++) {
        momentum[index] = 0.9 * (momentum[index] ?? 0) + 0.1 * (gradient[index] ?? 0);
        weights[index] = (weights[index] ?? 0) + learningRate * 1000 * (momentum[index] ?? 0);
      }
      gradient = new Float32Array(size);
      steps++;
      return { gradientNorm };
    },
    discardGradient: async () => void (gradient = new Float32Array(size)),
    save: (folder) => writeFile(join(folder, "state.json"), stateText()),
    load: async (folder) => {
      const [savedWeights, savedMomentum, savedSteps] = JSON.parse(
        await readFile(join(folder, "state.json"), "utf8"),
      ) as [number[], number[], number];
      weights.set(savedWeights);
      momentum.set(savedMomentum);
      gradient = new Float32Array(size);
      steps = savedSteps;
    },
    close: async () => undefined,
  };
}
