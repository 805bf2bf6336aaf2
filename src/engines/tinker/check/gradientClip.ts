import type { Finding } from "./finding.ts";
import { accumulate, forward, largestDifference, probeDatum, still, type Scratch } from "./scratch.ts";

/** Makes Adam's step nearly proportional to the gradient, so that a limit of its norm shows even in the first one. */
const proportional = { ...still, learningRate: 1, epsilon: 1 };

/**
 * Whether a step keeps the limit that it asks for: with one of nearly nothing the model must stay where it is. Wants a model that has taken no
 * step, since Adam would go on in the direction of earlier ones. Moves the model.
 */
export async function probeGradientClip(scratch: Scratch): Promise<Finding> {
  const probe = "limit of the gradient's norm";
  const limited = await moved(scratch, 1e-9);
  const free = await moved(scratch, 0);
  if (free < 1e-5) return { probe, found: null, note: "a step does not move the model enough to tell" };
  const isKept = limited < free / 100;
  return {
    probe,
    found: isKept ? "as each step asks" : "not as a step asks",
    fits: ({ gradientClip }) => (gradientClip === "per-step") === isKept,
  };
}

/** Largest change of a log-probability by one step. */
async function moved(scratch: Scratch, gradientClip: number): Promise<number> {
  const datum = probeDatum({ weights: probeDatum().targets.map(() => 1) });
  const before = await forward(scratch, datum);
  await accumulate(scratch, [datum], { name: "cross_entropy" });
  const { client, model, next } = scratch;
  await client.optimizerStep(model, { ...proportional, gradientClip }, { sequence: next() });
  const after = await forward(scratch, datum);
  return largestDifference(before, after);
}
