import { randomStream } from "../domain/seed.ts";
import { createRest } from "../eventLoop/rest.ts";
import type { FolderPolicy } from "../policy/folderPolicy.ts";
import type { OptimizerSettings, RunControl, TrainingSequence } from "../policy/port.ts";
import { toTrainingSequence } from "../world/base/script.ts";
import type { Demonstrations, DrawnDemonstration } from "./demonstrations.ts";
import type { ColdStartRecipe } from "./coldStartRecipe.ts";

/** What a cold start learns from. */
export interface ColdStartMaterial {
  /** Running text. */
  readonly tokens: Uint16Array;
  readonly demonstrations: Demonstrations;
}

export interface ColdStartControl extends RunControl {
  /** Called after every step with the number of steps taken. */
  readonly onStep: (steps: number) => Promise<void>;
}

/** Number of optimiser steps of a recipe. */
export function stepsOf({ languageSteps, mixedSteps }: ColdStartRecipe): number {
  return languageSteps + mixedSteps;
}

/** Supervised training from a step on: running text first, then text and demonstrations; the policy is changed in place. */
export async function trainColdStart(
  policy: FolderPolicy,
  material: ColdStartMaterial,
  recipe: ColdStartRecipe,
  start: number,
  { signal, onStep }: ColdStartControl,
): Promise<void> {
  const steps = stepsOf(recipe);
  for (let step = start; step < steps; step++) {
    signal?.throwIfAborted();
    await learn(policy, await sequencesOf(policy, material, recipe, step), settingsAt(step, steps, recipe));
    await onStep(step + 1);
  }
}

async function sequencesOf(
  policy: FolderPolicy,
  { tokens, demonstrations }: ColdStartMaterial,
  recipe: ColdStartRecipe,
  step: number,
): Promise<TrainingSequence[]> {
  const random = randomStream(["cold start", "step", step]);
  const share = step < recipe.languageSteps ? 0 : recipe.demonstrations;
  const windows = Math.max(1, Math.floor(tokens.length / recipe.windowTokens));
  const drawn = Array.from({ length: recipe.sequences }, (): DrawnDemonstration | number =>
    random.uniform() < share ? demonstrations.draw(random) : random.integer(windows),
  );
  const found = await Promise.all(
    drawn.map(async (one) => (typeof one === "number" ? one : demonstrations.write(one))),
  );
  const rest = createRest();
  const sequences: TrainingSequence[] = [];
  for (const one of found) {
    sequences.push(
      typeof one === "number"
        ? textWindow(tokens, one, recipe.windowTokens)
        : toTrainingSequence(one, policy.tokenizer),
    );
    await rest();
  }
  return sequences;
}

/** A window of running text; every token is learnt but its first. */
function textWindow(tokens: Uint16Array, index: number, length: number): TrainingSequence {
  const window = Array.from(tokens.subarray(index * length, (index + 1) * length));
  const nothing = window.map(() => 0);
  return {
    tokens: window,
    lossMask: window.map((_token, place) => (place === 0 ? 0 : 1)),
    sampledLogProbabilities: nothing,
    advantage: 0,
  };
}

async function learn(
  policy: FolderPolicy,
  sequences: readonly TrainingSequence[],
  settings: OptimizerSettings,
): Promise<void> {
  const lossDivisor = sequences.reduce((sum, { lossMask }) => sum + lossMask.reduce((count, bit) => count + bit, 0), 0);
  await policy.forwardBackward({ sequences, loss: { kind: "cross-entropy" }, lossDivisor, temperature: 1 });
  await policy.optimizerStep(settings);
}

/** Linear warm-up, then a linear fall to a twentieth. */
function settingsAt(step: number, steps: number, { learningRate, warmUpSteps }: ColdStartRecipe): OptimizerSettings {
  const factor = Math.min(1, (step + 1) / warmUpSteps) * Math.max(0.05, 1 - step / steps);
  return {
    learningRate: learningRate * factor,
    beta1: 0.9,
    beta2: 0.98,
    epsilon: 1e-8,
    weightDecay: 0.01,
    gradientClip: 1,
  };
}
