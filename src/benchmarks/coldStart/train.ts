import { randomStream } from "../../domain/seed.ts";
import type { RandomStream } from "../../domain/seed.ts";
import type { OptimizerSettings, Policy, RunControl, TrainingSequence } from "../../policy/port.ts";
import { toTrainingSequence } from "../../world/base/script.ts";
import type { Script } from "../../world/base/script.ts";
import type { ColdStartRecipe } from "./recipe.ts";
import { endOfText } from "./tokenizerFile.ts";

/** What a cold start learns from. */
export interface ColdStartMaterial {
  readonly texts: readonly string[];
  readonly demonstrate: (random: RandomStream) => Script;
}

/** Supervised training: running text first, then text and demonstrations; the policy is changed in place. */
export async function trainColdStart(policy: Policy, material: ColdStartMaterial, recipe: ColdStartRecipe, control: RunControl): Promise<void> {
  const windows = textWindows(material.texts, policy, recipe.windowTokens);
  const steps = recipe.languageSteps + recipe.mixedSteps;
  for (let step = 0; step < steps; step++) {
    control.signal?.throwIfAborted();
    const random = randomStream(["cold start", "step", step]);
    const share = step < recipe.languageSteps ? 0 : recipe.demonstrations;
    const sequences = Array.from({ length: recipe.sequences }, () =>
      random.uniform() < share ? toTrainingSequence(material.demonstrate(random), policy.tokenizer) : random.choice(windows),
    );
    await learn(policy, sequences, settingsAt(step, steps, recipe));
    control.onProgress?.((step + 1) / steps);
  }
}

/** Running text as sequences of equal length; every token is learnt but the first of a window. */
function textWindows(texts: readonly string[], policy: Policy, length: number): TrainingSequence[] {
  const tokens = texts.flatMap((text) => policy.tokenizer.encode(text + endOfText));
  const count = Math.max(1, Math.floor(tokens.length / length));
  return Array.from({ length: count }, (_, index) => {
    const window = tokens.slice(index * length, (index + 1) * length);
    const nothing = window.map(() => 0);
    return { tokens: window, lossMask: window.map((_token, place) => (place === 0 ? 0 : 1)), sampledLogProbabilities: nothing, advantage: 0 };
  });
}

async function learn(policy: Policy, sequences: readonly TrainingSequence[], settings: OptimizerSettings): Promise<void> {
  const lossDivisor = sequences.reduce((sum, { lossMask }) => sum + lossMask.reduce((count, bit) => count + bit, 0), 0);
  await policy.forwardBackward({ sequences, loss: { kind: "cross-entropy" }, lossDivisor, temperature: 1 });
  await policy.optimizerStep(settings);
}

/** Linear warm-up, then a linear fall to a twentieth. */
function settingsAt(step: number, steps: number, { learningRate, warmUpSteps }: ColdStartRecipe): OptimizerSettings {
  const factor = Math.min(1, (step + 1) / warmUpSteps) * Math.max(0.05, 1 - step / steps);
  return { learningRate: learningRate * factor, beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0.01, gradientClip: 1 };
}
