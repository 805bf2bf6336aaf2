import { createRest } from "../../eventLoop/rest.ts";
import type { FolderPolicy } from "../../policy/folderPolicy.ts";
import type { OptimizerSettings, TrainingSequence } from "../../policy/port.ts";
import { randomStream } from "../../domain/seed.ts";
import type { World } from "../facts.ts";
import { createExamples } from "./trainingExamples.ts";
import type { Phase } from "./baseRecipe.ts";
import { toTrainingSequence } from "./script.ts";

/** Steps whose examples are drawn together and sorted by length, so that a batch holds sequences of like length. */
const stepsSortedTogether = 20;

/** What one step learnt. */
export interface TrainingProgress {
  /** Over all phases, from 1. */
  readonly step: number;
  readonly steps: number;
  /** Mean cross-entropy (nats per learnt token). */
  readonly loss: number;
}

export interface TrainingControl {
  /** Steps that the policy has taken already, over all phases; 0 begins. */
  readonly start: number;
  /** Called after every step. */
  readonly onStep: (progress: TrainingProgress) => Promise<void> | void;
}

/** Supervised training of a base in phases, from a step on; the policy is changed in place. */
export async function trainBase(
  policy: FolderPolicy,
  world: World,
  phases: readonly Phase[],
  { start, onStep }: TrainingControl,
): Promise<void> {
  const steps = phases.reduce((sum, phase) => sum + phase.steps, 0);
  let before = 0;
  for (const [index, phase] of phases.entries()) {
    let phaseStep = Math.min(phase.steps, Math.max(0, start - before));
    for await (const sequences of drawBatches(policy, world, phase, index, phaseStep)) {
      const loss = await learn(policy, sequences, settingsAt(phase, phaseStep));
      phaseStep += 1;
      await onStep({ step: before + phaseStep, steps, loss });
    }
    before += phase.steps;
  }
}

async function learn(
  policy: FolderPolicy,
  sequences: readonly TrainingSequence[],
  settings: OptimizerSettings,
): Promise<number> {
  const lossDivisor = sequences.reduce((sum, { lossMask }) => sum + lossMask.reduce((count, bit) => count + bit, 0), 0);
  const { loss } = await policy.forwardBackward({
    sequences,
    loss: { kind: "cross-entropy" },
    lossDivisor,
    temperature: 1,
  });
  await policy.optimizerStep(settings);
  return loss;
}

function settingsAt({ learningRate, warmUpSteps, steps }: Phase, step: number): OptimizerSettings {
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

/** The batches of a phase in order, from a step on: what is drawn depends on the step alone. */
async function* drawBatches(
  policy: FolderPolicy,
  world: World,
  phase: Phase,
  phaseIndex: number,
  start: number,
): AsyncIterable<TrainingSequence[]> {
  const example = createExamples(world, phase.mixture);
  const rest = createRest();
  for (let first = start - (start % stepsSortedTogether); first < phase.steps; first += stepsSortedTogether) {
    const steps = Math.min(stepsSortedTogether, phase.steps - first);
    const sequences: TrainingSequence[] = [];
    for (let i = 0; i < steps * phase.examples; i++) {
      sequences.push(toTrainingSequence(example(`phase ${phaseIndex}`, first * phase.examples + i), policy.tokenizer));
      await rest();
    }
    sequences.sort((a, b) => a.tokens.length - b.tokens.length);
    const batches = Array.from({ length: steps }, (_, i) =>
      sequences.slice(i * phase.examples, (i + 1) * phase.examples),
    );
    yield* randomStream([world.domain.name, world.worldSeed, "base order", phaseIndex, first])
      .shuffle(batches)
      .slice(Math.max(0, start - first));
  }
}
