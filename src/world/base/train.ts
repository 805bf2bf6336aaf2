import type { OptimizerSettings, Policy, TrainingSequence } from "../../policy/port.ts";
import { randomStream } from "../../domain/seed.ts";
import type { Medicine } from "../medicine.ts";
import { createExamples } from "./examples.ts";
import type { Phase, Recipe } from "./recipe.ts";
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

/** Supervised training of a base by a recipe; the policy is changed in place. */
export async function trainBase(policy: Policy, medicine: Medicine, recipe: Recipe, onStep: (progress: TrainingProgress) => void): Promise<void> {
  const steps = recipe.phases.reduce((sum, phase) => sum + phase.steps, 0);
  let step = 0;
  for (const [index, phase] of recipe.phases.entries()) {
    let phaseStep = 0;
    for (const sequences of drawBatches(policy, medicine, phase, index)) {
      const loss = await learn(policy, sequences, settingsAt(phase, phaseStep));
      phaseStep += 1;
      step += 1;
      onStep({ step, steps, loss });
    }
  }
}

async function learn(policy: Policy, sequences: readonly TrainingSequence[], settings: OptimizerSettings): Promise<number> {
  const lossDivisor = sequences.reduce((sum, { lossMask }) => sum + lossMask.reduce((count, bit) => count + bit, 0), 0);
  const { loss } = await policy.forwardBackward({ sequences, loss: { kind: "cross-entropy" }, lossDivisor, temperature: 1 });
  await policy.optimizerStep(settings);
  return loss;
}

function settingsAt({ learningRate, warmUpSteps, steps }: Phase, step: number): OptimizerSettings {
  const factor = Math.min(1, (step + 1) / warmUpSteps) * Math.max(0.05, 1 - step / steps);
  return { learningRate: learningRate * factor, beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0.01, gradientClip: 1 };
}

/** The batches of a phase in order. */
function* drawBatches(policy: Policy, medicine: Medicine, phase: Phase, phaseIndex: number): Iterable<TrainingSequence[]> {
  const example = createExamples(medicine, phase.mixture);
  for (let first = 0; first < phase.steps; first += stepsSortedTogether) {
    const steps = Math.min(stepsSortedTogether, phase.steps - first);
    const sequences = Array.from({ length: steps * phase.examples }, (_, i) =>
      toTrainingSequence(example(`phase ${phaseIndex}`, first * phase.examples + i), policy.tokenizer),
    ).sort((a, b) => a.tokens.length - b.tokens.length);
    const batches = Array.from({ length: steps }, (_, i) => sequences.slice(i * phase.examples, (i + 1) * phase.examples));
    yield* randomStream(["world", medicine.worldSeed, "base order", phaseIndex, first]).shuffle(batches);
  }
}
